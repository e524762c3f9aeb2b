#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# recipes.t: what is for Buildroot and Yocto can be read, and calls our make as it wants to be called. It is not built
# here: neither of the two is there.

# shellcheck source-path=SCRIPTDIR source=../../tools/tests/tap.sh
. "$(dirname "$0")/../../tools/tests/tap.sh"

top=$(cd "$(dirname "$0")/../.." && pwd)
version=$(cat "$top/VERSION")
buildroot=$top/packaging/buildroot
layer=$top/packaging/yocto/meta-cellblock
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# known_calls: of lines that run make for our Makefile, what of it is not there
known_calls()
{
	local word

	tr '\t "' '\n' | while read -r word; do
		case $word in
		'' | make | oe_runmake | -C | /* | '${'*) ;;
		O=* | DESTDIR=*) ;;
		[A-Z]*=*) grep -qE "\b${word%%=*}\b *[:?]?=" "$top"/{.,tools}/Makefile "$top"/scripts/*.mk ||
			echo "no variable ${word%%=*}" ;;
		*) grep -q "^$word:" "$top/Makefile" || echo "no target $word" ;;
		esac
	done
}

# Buildroot: kconfig's own language, by a tool for it; what the package depends on is Buildroot's
cat >"$work/Config.in" <<'END'
config BR2_aarch64
	bool "aarch64"
config BR2_LINUX_KERNEL
	bool "kernel"
config BR2_PACKAGE_DTC
	bool "dtc"
source "$BR2_EXTERNAL_CELLBLOCK_PATH/Config.in"
END
is "$(cd "$work" && BR2_EXTERNAL_CELLBLOCK_PATH=$buildroot PYTHONPATH=/usr/lib/python3/dist-packages python3 -B -c '
import kconfiglib
kconf = kconfiglib.Kconfig("Config.in", warn_to_stderr=False)
print(*kconf.warnings)
ours, needs = (kconf.syms["BR2_PACKAGE_CELLBLOCK"], [kconf.syms[n] for n in ("BR2_aarch64", "BR2_LINUX_KERNEL")])
print(ours.visibility)
for need in needs:
    need.set_value(2)
ours.set_value(2)
print(ours.str_value, kconf.syms["BR2_PACKAGE_DTC"].str_value)' 2>&1)" '
0
y y' 'Config.in: offered where it can run, and brings what it needs'

cat >"$work/Makefile" <<'END'
BR2_EXTERNAL_CELLBLOCK_PATH := $(BUILDROOT)
LINUX_DIR := /linux
STAGING_DIR := /staging
TARGET_DIR := /target
TARGET_CROSS := /host/bin/aarch64-linux-
MAKE := make
.PHONY: build install version
generic-package := $$(eval made := yes)
include $(BUILDROOT)/external.mk
build install: @D = /build
build:
	$(CELLBLOCK_BUILD_CMDS)
install:
	$(CELLBLOCK_INSTALL_TARGET_CMDS)
version:
	@echo $(CELLBLOCK_VERSION) $(made) $(wildcard $(addprefix $(CELLBLOCK_SITE)/,$(CELLBLOCK_LICENSE_FILES)))
END
buildroot_make() { env -u MAKEFLAGS make -s --warn-undefined-variables -C "$work" BUILDROOT="$buildroot" "$@" 2>&1; }
site=$buildroot/../..
is "$(buildroot_make version)" \
	"$version yes $site/COPYING $site/LICENSES/GPL-2.0-only.txt $site/LICENSES/BSD-2-Clause.txt" \
	'cellblock.mk: our version, a package, licences that are there'
is "$(buildroot_make -n build | grep -v '^make')" 'mkdir -p /build/libfdt/include /build/libfdt/arm64
cp /staging/usr/include/*fdt*.h /build/libfdt/include/
cp /staging/usr/lib/libfdt.a /build/libfdt/arm64/' 'the device tree library comes from its sysroot'
buildroot_make -n build install | grep '^make' >"$work/calls"
is "$(wc -l <"$work/calls") $(known_calls <"$work/calls")" '2 ' 'our make has the targets and variables that it wants'

# Yocto: a reader of the part of its language that is used, which refuses all else
recipe=$(echo "$layer"/recipes-*/cellblock/*.bb)
is "$(basename "$recipe")" "cellblock_$version.bb" 'the recipe is of our version'
cat >"$work/read.py" <<'END'
import re
import sys

values, function = {}, None
text = open(sys.argv[1], encoding="utf-8").read().replace("\\\n", " ")
for line in text.splitlines():
    if function:
        if line == "}":
            function = None
        else:
            values[name] += line + "\n"
        continue
    if not line.strip() or line.startswith("#"):
        continue
    begin = re.fullmatch(r"(do_\w+)\(\) \{", line)
    assign = re.fullmatch(r'([A-Z_]\w*(?::[\w${}-]+)?) (=|\?=|\+=|\.=) "([^"]*)"', line.rstrip())
    inherit = re.fullmatch(r"inherit( [\w-]+)+", line)
    if begin:
        function = name = begin[1]
        values[name] = ""
    elif assign:
        values[assign[1]] = assign[3]
    elif inherit:
        values["inherit"] = line[8:]
    else:
        sys.exit(f"cannot read: {line}")
if function:
    sys.exit(f"{function} has no end")
for word, value in values.items():
    if value.count("${") != len(re.findall(r"\$\{[@\w]", value)):
        sys.exit(f"a variable without a name in {word}")
print(values[sys.argv[2]], end="" if sys.argv[2].startswith("do_") else "\n")
END
of() { python3 -B "$work/read.py" "$1" "$2" 2>&1; }
is "$(of "$layer/conf/layer.conf" BBFILE_COLLECTIONS)" cellblock 'layer.conf can be read'
pattern=$(of "$layer/conf/layer.conf" BBFILES)
is "$(compgen -G "${pattern/'${LAYERDIR}'/$layer}")" "$recipe" 'it finds the recipe'
is "$(of "$recipe" LIC_FILES_CHKSUM)" "file://COPYING;md5=$(md5sum <"$top/COPYING" | cut -d ' ' -f 1)" \
	'the licence is the one that was read'
is "$(of "$recipe" EXTERNALSRC | grep -o '[./]*\.\.')/VERSION" "$(realpath --relative-to="$(dirname "$recipe")" \
	"$top" | sed 's,^,/,')/VERSION" 'the layer finds the sources that it is in'
is "$(of "$recipe" inherit)" 'externalsrc module systemd' 'its classes'
for function in do_compile do_install; do
	of "$recipe" "$function" >"$work/$function"
	is "$(sh -n "$work/$function" 2>&1)" '' "$function is shell"
done
is "$(grep -c oe_runmake "$work"/do_* | cut -d : -f 2 | xargs)
$({ of "$recipe" EXTRA_OEMAKE; grep -h oe_runmake "$work"/do_*; } | known_calls)" '1 1
' 'our make has the targets and variables that it wants'
is "$(grep -c 'rm .*/manifest' "$work/do_install") $(grep -c 'share=.*share/jailhouse' "$top/scripts/install")" '1 1' \
	'what make uninstall reads is not in the package'

finish
