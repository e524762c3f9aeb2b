#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# check-docs.t: the rules of ci/check-docs on the index, decisions and words, in documents that break them.

# shellcheck source-path=SCRIPTDIR source=../../tools/tests/tap.sh
. "$(dirname "$0")/../../tools/tests/tap.sh"

tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
mkdir "$tree/ci" "$tree/Documentation"
cp "$(dirname "$0")/../../ci/check-docs" "$tree/ci"
cd "$tree" || exit 1
git init -q

# file NAME: a document of the lines that come
file()
{
	cat >"Documentation/$1.md"
}

# said WHAT [EXPECTED]: what is said of all documents
said()
{
	is "$(ci/check-docs)" "${2:-}" "$1"
}

file README <<-END
	[words](glossary.md), [why](decisions.md)
END
file glossary <<-END
	Over there, a word that is used.

	## Words that are not used

	| not | but |
	|---|---|
	| yonder | there |
	| thither, hither | there |
END
file decisions <<-END
	## 1. First

	2026-11-21, superseded by 2.

	## 2. Second

	2026-11-22, accepted.
END
said "nothing is wrong"

file other </dev/null
said "a document that the index does not name" "Documentation/README.md:1: does not name Documentation/other.md"
rm Documentation/other.md

echo "Thither, \`hither\` and hither-to." >>Documentation/README.md
said "a word that is not used" "Documentation/README.md:2: the glossary has another word for Thither"
sed -i 2d Documentation/README.md

decision="decision 2: its number, its date, or its status"
for line in "3. Second" "Second"; do
	sed -i "s/^## .*Second/## $line/" Documentation/decisions.md
	said "decision 2 is called $line" "Documentation/decisions.md:5: $decision"
done
sed -i 's/^## .*Second/## 2. Second/' Documentation/decisions.md
for status in "2026-11-22, forgotten." "accepted." "2026-11-22, superseded by 1."; do
	sed -i "s/^2026-11-22.*\|^accepted.*/$status/" Documentation/decisions.md
	said "decision 2 is: $status" "Documentation/decisions.md:5: $decision"
done

finish
