/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers of PCI configuration space. */
#ifndef IOMMUCTL_PCI_H
#define IOMMUCTL_PCI_H

#include <stddef.h>
#include <stdint.h>

#define PCI_HEADER_SIZE	    64
#define PCI_CONFIG_SIZE	    256
#define PCI_EXT_CONFIG_SIZE 4096

#define PCI_VENDOR	0x00
#define PCI_DEVICE	0x02
#define PCI_STATUS	0x06
#define PCI_REVISION	0x08
#define PCI_HEADER_TYPE 0x0e

#define PCI_STATUS_HAS_LIST    0x10
#define PCI_MULTIFUNCTION      0x80
#define PCI_HEADER_CARDBUS     2
#define PCI_POINTER	       0x34
#define PCI_POINTER_OF_CARDBUS 0x14

/* ids of capabilities: of the first list, and of the extended one */
#define PCI_CAP_VPD	0x03
#define PCI_CAP_EXPRESS 0x10
#define PCI_EXT_SERIAL	0x03
#define PCI_EXT_ACS	0x0d
#define PCI_EXT_ATS	0x0f
#define PCI_EXT_SRIOV	0x10
#define PCI_EXT_PRI	0x13
#define PCI_EXT_PASID	0x1b

#define PCI_EXPRESS_FLAGS 0x02 /* 3:0 version, 7:4 type */
#define PCI_PRI_CAPACITY  0x08
#define PCI_PRI_ALLOC	  0x0c

enum pci_express_type {
	PCI_ENDPOINT = 0,
	PCI_LEGACY_ENDPOINT = 1,
	PCI_ROOT_PORT = 4,
	PCI_UPSTREAM_PORT = 5,
	PCI_DOWNSTREAM_PORT = 6,
	PCI_EXPRESS_TO_PCI = 7,
	PCI_PCI_TO_EXPRESS = 8,
	PCI_INTEGRATED_ENDPOINT = 9,
	PCI_EVENT_COLLECTOR = 10,
};

/* BYTES (1, 2 or 4), the lowest first. -ENODATA: the buffer ends before. */
int pci_config_read(const void *config, size_t size, size_t offset, unsigned int bytes,
		    uint32_t *ret_value);
/* -ENOENT it is conventional PCI, and what finding the capability gives. */
int pci_express_type(const void *config, size_t size);

#endif
