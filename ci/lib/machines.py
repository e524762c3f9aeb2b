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
        return ["-machine", board] + args


MACHINES = {
    "gicv3": Machine("the reference: GICv3, 4 CPUs, 2 GiB"),
    "gicv3-1cpu": Machine("one CPU only", cpus=1),
    "gicv3-2cpu": Machine("two CPUs", cpus=2),
    "gicv3-16cpu": Machine("16 CPUs", cpus=16),
    "gicv3-4g": Machine("4 GiB of memory", memory="4G"),
    "gicv3-noits": Machine("no ITS, hence no LPIs", options=",its=off"),
    "gicv3-smmuv3": Machine("SMMUv3 in front of PCI", options=",iommu=smmuv3"),
    "gicv3-a72": Machine("Cortex-A72", cpu="cortex-a72"),
    "gicv3-secure": Machine("two security states", options=",secure=on"),
    "tfa-gicv3": Machine("started by TF-A and U-Boot, GICv3", options=",secure=on", firmware="tfa-gicv3"),
    "u-boot": Machine("started by U-Boot", firmware="u-boot"),
    "uefi": Machine("started by UEFI with a device tree", options=",acpi=off", firmware="uefi"),
    "gicv2": Machine("GICv2, with GICv2m", gic=2),
    "max": Machine("newest CPU, VHE: Linux runs at EL2", cpu="max,pauth-impdef=on"),
    "novirt": Machine("no EL2", virtualization=False),
}
