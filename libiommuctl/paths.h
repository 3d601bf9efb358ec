/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the kernel publishes what; relative to the context's root. */
#ifndef IOMMUCTL_PATHS_H
#define IOMMUCTL_PATHS_H

#define SYSFS			"sys"
#define SYSFS_IOMMU		"sys/class/iommu"
#define SYSFS_GROUPS		"sys/kernel/iommu_groups"
#define SYSFS_PCI		"sys/bus/pci/devices"
#define SYSFS_NET		"sys/class/net"
#define SYSFS_VFIO		"sys/class/vfio-dev"
#define SYSFS_IOMMUFD		"sys/class/misc/iommu"
#define SYSFS_VFIO_GROUPS	"sys/class/vfio"
#define SYSFS_HUGE_PAGES	"sys/kernel/mm/hugepages"
#define SYSFS_MISC		"sys/class/misc"
#define SYSFS_CHAR		"sys/dev/char"
#define SYSFS_CONTAINER		"sys/class/misc/vfio"
#define SYSFS_TYPE1		"sys/module/vfio_iommu_type1/parameters"
#define SYSFS_UNSAFE_INTERRUPTS "sys/module/iommufd/parameters/allow_unsafe_interrupts"
#define DEV_IOMMU		"dev/iommu"
#define DEV_VFIO_DEVICES	"dev/vfio/devices"
#define DEV_VFIO_GROUPS		"dev/vfio"
#define DEV_VFIO_CONTAINER	"dev/vfio/vfio"
#define PROC			"proc"
#define PROC_CMDLINE		"proc/cmdline"
#define PROC_CONFIG		"proc/config.gz"
#define PROC_DEVICES		"proc/devices"
#define PROC_MEMINFO		"proc/meminfo"
#define PROC_MISC		"proc/misc"
#define PROC_SELF_STATUS	"proc/self/status"
#define PROC_RELEASE		"proc/sys/kernel/osrelease"
#define PROC_HOSTNAME		"proc/sys/kernel/hostname"
#define BOOT_CONFIG		"boot/config-"
#define KERNEL_LOG		"var/log/dmesg"
#define ACPI_TABLES		"sys/firmware/acpi/tables"
#define SNAPSHOT_FORMAT		"iommuctl/format"

/* This process's own, whatever the root is. */
#define OWN_NULL "/dev/null"
#define OWN_FDS	 "/proc/self/fd"
#define OWN_RUN	 "/run/iommuctl"

#endif
