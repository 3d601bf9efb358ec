/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files share that make the links of a chain. */
#ifndef IOMMUCTL_CHAIN_H
#define IOMMUCTL_CHAIN_H

#include "internal.h"

#define ATS   (1u << IOMMUCTL_SERVICE_ATS)
#define PRI   (1u << IOMMUCTL_SERVICE_PRI)
#define PASID (1u << IOMMUCTL_SERVICE_PASID)

struct iommuctl_link {
	const char *id;
	const char *object;
	const char *evidence;
	const char *advice;
	enum iommuctl_link_verdict verdict;
	unsigned int concerns; /* ATS | PRI | PASID */
};

/* What links of one kind have in common. */
struct link_kind {
	const char *id;
	unsigned int concerns;
	const char *advice; /* when it is broken */
	/* the kernel sees to it before it enables any of these: that it did is proof */
	bool kernel_checks;
};

/* A function of PCI on the way from the device to the root. */
struct function {
	const char *name;
	const char *unread; /* why there is no configuration space; NULL: there is */
	const struct iommuctl_device *device; /* NULL: the bus does not list it */
	char *config;
	size_t size;
};

struct iommuctl_chain {
	struct arena arena;
	struct iommuctl_context *ctx;
	const struct iommuctl_device *device;
	unsigned int flags;
	int error;	       /* the first one that must be told */
	struct function own;   /* a virtual function, whose capabilities are mostly its PF's */
	struct function *path; /* the device, or its PF, then the bridges above it */
	size_t path_count;
	const char *host_bridge; /* path of the directory of the root bus */
	struct iommuctl_link *links;
	size_t link_count;
	int enabled[IOMMUCTL_SERVICE_COUNT];
	unsigned int pasid_bits; /* the least of all that limit them */
};

PRINTF(5, 6)
void chain_add(struct iommuctl_chain *chain, const struct link_kind *kind, const char *object,
	       enum iommuctl_link_verdict verdict, const char *format, ...);
void chain_limit_pasid(struct iommuctl_chain *chain, uint64_t bits);
/* The services whose enable bit is not known to be set. */
unsigned int chain_not_enabled(const struct iommuctl_chain *chain);
/* "sys/bus/pci/devices/NAME/ATTRIBUTE" as text; negative where it cannot be read. */
ssize_t chain_read(struct iommuctl_chain *chain, const char *name, const char *attribute, char *buf,
		   size_t size);
enum iommuctl_model chain_model(const struct iommuctl_chain *chain);
/* Find the functions on the way up, and read their configuration space where that was asked for. */
void chain_load_path(struct iommuctl_chain *chain);

/* The links, in their order. */
void chain_add_capabilities(struct iommuctl_chain *chain);
void chain_add_path(struct iommuctl_chain *chain);
void chain_add_iommu(struct iommuctl_chain *chain);
void chain_add_firmware(struct iommuctl_chain *chain);
void chain_add_kernel(struct iommuctl_chain *chain);
void chain_add_iommufd(struct iommuctl_chain *chain);

/* A register of arch "pci"; the errors of iommuctl_pci_config_get_register(). */
int function_get(const struct function *function, const char *reg_name, uint64_t *ret_value);
/* enum pci_express_type; -ENOENT: conventional PCI. */
int function_type(const struct function *function);
/* Of the header; 0 where it was not read. */
uint32_t function_read(const struct function *function, size_t offset, unsigned int bytes);
/* Why one of these failed, in words. */
const char *function_why(const struct function *function, int error);

#endif
