# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Copyright (c) 2026 The Cellblock developers
#
# Included by ../Makefile: the IP stack lwIP (fetched by ci/fetch, built as its authors wrote it) on a link with another
# cell, and the programs that are linked with it. Nothing of it runs with the MMU off, so unaligned accesses are fine.

LWIP := $(TOP)/.cache/lwip
LWIP_THERE := $(LWIP)/src/include/lwip/init.h
LWIP_CORE := def inet_chksum init ip mem memp netif pbuf tcp tcp_in tcp_out timeouts udp
LWIP_IPV4 := etharp icmp ip4 ip4_addr ip4_frag
LWIP_NAMES := $(LWIP_CORE:%=core/%) $(LWIP_IPV4:%=core/ipv4/%) netif/ethernet
LWIP_OBJECTS := $(LWIP_NAMES:%=$(OUT)/net/lwip/%.o)
NET_OBJECTS := $(patsubst %.c,$(OUT)/%.o,$(wildcard net/*.c))
NET_PROGRAMS := net-demo tests/net-ask tests/net-hostile tests/veth-hostile
NET_CPPFLAGS := -Inet -Inet/port -isystem $(LWIP)/src/include

$(LWIP_THERE):
	$(Q)$(TOP)/ci/fetch lwip

$(NET_OBJECTS) $(NET_PROGRAMS:%=$(OUT)/%.o): CPPFLAGS += $(NET_CPPFLAGS)
$(NET_OBJECTS) $(NET_PROGRAMS:%=$(OUT)/%.o): | $(LWIP_THERE)
$(NET_OBJECTS) $(LWIP_OBJECTS): CFLAGS := $(filter-out -mstrict-align,$(CFLAGS))
$(LWIP_OBJECTS): CPPFLAGS += $(NET_CPPFLAGS)

# Not our own code: none of our warnings.
$(LWIP_OBJECTS): $(OUT)/net/lwip/%.o: $(MAKEFILE_LIST) | $(LWIP_THERE)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC_ARM64) $(CPPFLAGS) $(filter-out -W%,$(CFLAGS)) $(NO_FP) -w -c -o $@ $(LWIP)/src/$*.c

$(OUT)/net/net.a: $(NET_OBJECTS) $(LWIP_OBJECTS)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR_ARM64) rcs $@ $^

# The library in front of lib.a, which it uses.
$(NET_PROGRAMS:%=$(OUT)/%.elf): $(OUT)/%.elf: $(OUT)/%.o $(START_OBJECTS) $(OUT)/net/net.a $(OUT)/lib/lib.a \
		$(OUT)/lib/inmate.lds
	$(call say,LD,$@)
	$(Q)$(LD_ARM64) $(LDFLAGS) -T $(OUT)/lib/inmate.lds -o $@ $(START_OBJECTS) $< $(OUT)/net/net.a $(OUT)/lib/lib.a

-include $(LWIP_OBJECTS:.o=.d)
