# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
"""The machines that ci/qemu can run. `gicv3` is the reference; each other one differs from it in one thing."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Machine:
    about: str
    cpu: str = "cortex-a57"
    cpus: int = 4
    memory: str = "2G"
    gic: int = 3
    virtualization: bool = True
    options: str = ""
    devices: str = ""  # more arguments
    system: str = ""  # its configuration, where the tests cannot see which one it is
    tree: tuple = ()  # fdtput's arguments, {} its file: changes of QEMU's device tree
    firmware: str = ""  # build/firmware/NAME.bin (ci/firmware) starts the kernel; else QEMU does itself

    def arguments(self, icount, single):
        """QEMU's arguments; with icount (a shift, or None) the same ones give the same run, to the bit."""
        el2 = "on" if self.virtualization else "off"
        board = f"virt,virtualization={el2},gic-version={self.gic}{self.options}"
        accel = "tcg,thread=single" if single or icount is not None else "tcg"
        args = ["-cpu", self.cpu, "-smp", str(self.cpus), "-m", self.memory, "-accel", accel]
        if icount is not None:
            board += ",dtb-randomness=off"
            args += ["-icount", f"shift={icount},sleep=off", "-rtc", "base=2024-01-01,clock=vm", "-seed", "1"]
        return ["-machine", board] + args + self.devices.split()


MACHINES = {
    "gicv3": Machine("the reference: GICv3, 4 CPUs, 2 GiB"),
    "gicv3-1cpu": Machine("one CPU only", cpus=1),
    "gicv3-2cpu": Machine("two CPUs", cpus=2),
    "gicv3-16cpu": Machine("16 CPUs", cpus=16),
    "gicv3-64cpu": Machine("64 CPUs, in four clusters of MPIDRs", cpus=64, system="qemu-arm64-64cpu"),
    "gicv3-hole": Machine("Linux has no CPU 1, 40-bit addresses", cpu="cortex-a53", system="qemu-arm64-hole",
                          tree=("-t s {} /cpus/cpu@1 enable-method none",)),
    "gicv3-far": Machine("RAM at 80 TiB too, 48-bit addresses", cpu="neoverse-n1",
                         memory="2G,slots=1,maxmem=100T", system="qemu-arm64-far",
                         # QEMU has more memory for firmware only, and does not tell it in the device tree
                         firmware="u-boot",
                         devices="-object memory-backend-ram,id=far,size=1G"
                                 " -device pc-dimm,memdev=far,addr=0x500000000000"
                                 # for Linux's driver, legacy ones cannot reach that far
                                 " -global virtio-mmio.force-legacy=false",
                         # nor does U-Boot know a PCI host up there
                         tree=("-t s {} /pcie@10000000 status disabled",
                               "-c {} /bank@500000000000",
                               "-t s {} /bank@500000000000 device_type memory",
                               "-t x {} /bank@500000000000 reg 5000 0 0 40000000")),
    "gicv3-4g": Machine("4 GiB of memory", memory="4G"),
    "gicv3-noits": Machine("no ITS, hence no LPIs", options=",its=off"),
    "gicv3-smmuv3": Machine("SMMUv3 in front of PCI", options=",iommu=smmuv3"),
    "gicv3-numa": Machine("two NUMA nodes, 6 GiB, SMMUv3 in front of PCI", memory="6G", options=",iommu=smmuv3",
                          devices="-object memory-backend-ram,id=a,size=2G -numa node,memdev=a,cpus=0-1"
                                  " -object memory-backend-ram,id=b,size=4G -numa node,memdev=b,cpus=2-3"),
    "gicv3-a72": Machine("Cortex-A72", cpu="cortex-a72"),
    "gicv3-a35": Machine("Cortex-A35: pages of 16 KiB too", cpu="cortex-a35"),
    "gicv3-secure": Machine("two security states", options=",secure=on"),
    "tfa-gicv3": Machine("started by TF-A and U-Boot, GICv3", options=",secure=on", firmware="tfa-gicv3"),
    "tfa-gicv2": Machine("started by TF-A and U-Boot, GICv2", gic=2, options=",secure=on", firmware="tfa-gicv2"),
    "gicv3-u-boot": Machine("started by U-Boot", firmware="u-boot"),
    "gicv3-uefi": Machine("started by UEFI with a device tree", options=",acpi=off", firmware="uefi"),
    "gicv2": Machine("GICv2, with GICv2m", gic=2),
    "max": Machine("newest CPU, VHE: Linux runs at EL2", cpu="max,pauth-impdef=on"),
    "novirt": Machine("no EL2", virtualization=False),
}
