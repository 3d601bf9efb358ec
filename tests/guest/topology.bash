# SPDX-License-Identifier: GPL-2.0-or-later
# The PCI devices of the guests, as options of QEMU; a machine takes them all
# unless it says otherwise. Sourced by tests/guest/run.
# shellcheck disable=SC2034,SC2054 # used by run and the machines; QEMU's commas

edu=edu,dma_mask=0xffffffff

# Everything here is in a group of its own.
single=(
    -netdev user,id=net,restrict=on
    -device e1000e,addr=02.0,romfile=,netdev=net
    -device "$edu,addr=03.0"
    -device "$edu,addr=04.0"
    -device nvme,addr=05.0,serial=iommuctl
    -device pcie-root-port,id=root1,chassis=1,addr=06.0
    -device "$edu,bus=root1"
)

# Two devices and their bridge in one group.
shared=(
    -device pcie-root-port,id=root2,chassis=2,addr=07.0
    -device pcie-pci-bridge,id=bridge,bus=root2
    -device "$edu,bus=bridge,addr=01.0"
    -device "$edu,bus=bridge,addr=02.0"
)

# A host bridge which the IOMMU does not cover.
uncovered=(
    -device pxb-pcie,id=beyond,bus_nr=0x80,bypass_iommu=on
    -device pcie-root-port,id=root3,chassis=3,bus=beyond
    -device "$edu,bus=root3"
)
