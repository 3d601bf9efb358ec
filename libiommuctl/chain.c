/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What must hold for a device to use ATS, PRI and PASID, link by link, and what follows from it. */
#include "chain.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>

#include "paths.h"

static const char *const services[IOMMUCTL_SERVICE_COUNT] = {
	[IOMMUCTL_SERVICE_ATS] = "ats",
	[IOMMUCTL_SERVICE_PRI] = "pri",
	[IOMMUCTL_SERVICE_PASID] = "pasid",
};

static const char *const verdicts[] = {
	[IOMMUCTL_LINK_OK] = "ok",
	[IOMMUCTL_LINK_BROKEN] = "broken",
	[IOMMUCTL_LINK_UNMEASURED] = "unmeasured",
};

/* ----------------------------------------------------------------- building */

unsigned int chain_not_enabled(const struct iommuctl_chain *chain)
{
	unsigned int result = 0;

	for (size_t i = 0; i < IOMMUCTL_SERVICE_COUNT; i++)
		result |= (unsigned int)(chain->enabled[i] <= 0) << i;
	return result;
}

/* Whether the kernel enabled a service that the links of KIND concern. */
static bool is_proved(const struct iommuctl_chain *chain, const struct link_kind *kind)
{
	return kind->kernel_checks && kind->concerns & ~chain_not_enabled(chain);
}

void chain_add(struct iommuctl_chain *chain, const struct link_kind *kind, const char *object,
	       enum iommuctl_link_verdict verdict, const char *format, ...)
{
	bool proved = verdict != IOMMUCTL_LINK_OK && is_proved(chain, kind);
	struct iommuctl_link *link =
		array_grow(&chain->links, &chain->link_count, sizeof(*chain->links));
	char text[512];
	va_list args;

	if (!link) {
		chain->error = -ENOMEM;
		return;
	}
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (proved)
		strncat(text, "; but the kernel enabled it", sizeof(text) - strlen(text) - 1);
	*link = (struct iommuctl_link){
		.id = kind->id,
		.object = arena_strdup(&chain->arena, object),
		.evidence = arena_strdup(&chain->arena, text),
		.advice = verdict == IOMMUCTL_LINK_BROKEN && !proved ? kind->advice : NULL,
		.verdict = proved ? IOMMUCTL_LINK_OK : verdict,
		.concerns = kind->concerns,
	};
	if (!link->object || !link->evidence)
		chain->error = -ENOMEM;
}

void chain_limit_pasid(struct iommuctl_chain *chain, uint64_t bits)
{
	if (chain->pasid_bits > bits)
		chain->pasid_bits = (unsigned int)bits;
}

ssize_t chain_read(struct iommuctl_chain *chain, const char *name, const char *attribute, char *buf,
		   size_t size)
{
	char path[PATH_MAX];
	int r = io_path(path, sizeof(path), SYSFS_PCI "/%s/%s", name, attribute);

	return r < 0 ? r : io_read(chain->ctx, path, buf, size);
}

static void build(struct iommuctl_chain *chain)
{
	static const struct link_kind not_pci = { "pci", ATS | PRI, NULL, false };
	static const struct link_kind by_firmware = { "firmware", PASID, NULL, false };

	if (chain->device->is_pci) {
		chain_load_path(chain);
		chain_add_capabilities(chain);
		chain_add_path(chain);
	} else {
		chain_add(chain, &not_pci, chain->device->name, IOMMUCTL_LINK_BROKEN,
			  "%s is no PCI device", chain->device->name);
		chain_add(chain, &by_firmware, chain->device->name, IOMMUCTL_LINK_UNMEASURED,
			  "the PASIDs of %s are set by firmware (pasid-num-bits)",
			  chain->device->name);
	}
	chain_add_iommu(chain);
	chain_add_firmware(chain);
	chain_add_kernel(chain);
	chain_add_iommufd(chain);
}

IOMMUCTL_EXPORT int iommuctl_chain_load(const struct iommuctl_device *device, unsigned int flags,
					struct iommuctl_chain **ret_chain)
{
	const unsigned int needed = IOMMUCTL_LOAD_REGISTERS | IOMMUCTL_LOAD_DEVICES;
	struct iommuctl_chain *chain;
	int r;

	if (!device || !ret_chain || flags & ~IOMMUCTL_CHAIN_CONFIG)
		return -EINVAL;
	if ((device->topology->flags & needed) != needed)
		return -ENODATA;
	chain = calloc(1, sizeof(*chain));
	if (!chain)
		return -ENOMEM;
	chain->ctx = device->topology->ctx;
	chain->device = device;
	chain->flags = flags;
	chain->pasid_bits = UINT_MAX;
	for (size_t i = 0; i < IOMMUCTL_SERVICE_COUNT; i++)
		chain->enabled[i] = -ENODATA;
	build(chain);
	r = chain->error;
	if (r < 0) {
		iommuctl_chain_free(chain);
		return r;
	}
	*ret_chain = chain;
	return 0;
}

IOMMUCTL_EXPORT struct iommuctl_chain *iommuctl_chain_free(struct iommuctl_chain *chain)
{
	if (!chain)
		return NULL;
	for (size_t i = 0; i < chain->path_count; i++)
		free(chain->path[i].config);
	free(chain->own.config);
	free(chain->path);
	free(chain->links);
	arena_free(&chain->arena);
	free(chain);
	return NULL;
}

/* ------------------------------------------------------------------ getters */

IOMMUCTL_EXPORT const char *iommuctl_service_to_string(enum iommuctl_service service)
{
	return (size_t)service < ARRAY_SIZE(services) ? services[service] : NULL;
}

IOMMUCTL_EXPORT const struct iommuctl_device *
iommuctl_chain_get_device(const struct iommuctl_chain *chain)
{
	return chain ? chain->device : NULL;
}

IOMMUCTL_EXPORT bool iommuctl_chain_has_config(const struct iommuctl_chain *chain)
{
	return chain && chain->path_count > 0 && !chain->path[0].unread;
}

IOMMUCTL_EXPORT int iommuctl_chain_is_usable(const struct iommuctl_chain *chain,
					     enum iommuctl_service service)
{
	if (!chain || (size_t)service >= IOMMUCTL_SERVICE_COUNT)
		return -EINVAL;
	if (iommuctl_chain_get_first(chain, service, IOMMUCTL_LINK_BROKEN))
		return 0;
	return iommuctl_chain_get_first(chain, service, IOMMUCTL_LINK_UNMEASURED) ? -ENODATA : 1;
}

IOMMUCTL_EXPORT int iommuctl_chain_is_enabled(const struct iommuctl_chain *chain,
					      enum iommuctl_service service)
{
	if (!chain || (size_t)service >= IOMMUCTL_SERVICE_COUNT)
		return -EINVAL;
	return chain->enabled[service];
}

IOMMUCTL_EXPORT int iommuctl_chain_get_pasid_bits(const struct iommuctl_chain *chain,
						  unsigned int *ret_bits)
{
	if (!chain || !ret_bits)
		return -EINVAL;
	if (chain->pasid_bits == UINT_MAX)
		return -ENODATA;
	*ret_bits = chain->pasid_bits;
	return 0;
}

IOMMUCTL_EXPORT const struct iommuctl_link *
iommuctl_chain_get_link(const struct iommuctl_chain *chain, size_t i)
{
	return chain && i < chain->link_count ? &chain->links[i] : NULL;
}

IOMMUCTL_EXPORT const struct iommuctl_link *
iommuctl_chain_get_first(const struct iommuctl_chain *chain, enum iommuctl_service service,
			 enum iommuctl_link_verdict verdict)
{
	const struct iommuctl_link *link;

	for (size_t i = 0; (link = iommuctl_chain_get_link(chain, i)); i++)
		if (link->verdict == verdict && iommuctl_link_concerns(link, service))
			return link;
	return NULL;
}

IOMMUCTL_EXPORT const char *iommuctl_link_get_id(const struct iommuctl_link *link)
{
	return link ? link->id : NULL;
}

IOMMUCTL_EXPORT const char *iommuctl_link_get_object(const struct iommuctl_link *link)
{
	return link ? link->object : NULL;
}

IOMMUCTL_EXPORT const char *iommuctl_link_get_evidence(const struct iommuctl_link *link)
{
	return link ? link->evidence : NULL;
}

IOMMUCTL_EXPORT const char *iommuctl_link_get_advice(const struct iommuctl_link *link)
{
	return link ? link->advice : NULL;
}

IOMMUCTL_EXPORT enum iommuctl_link_verdict
iommuctl_link_get_verdict(const struct iommuctl_link *link)
{
	return link ? link->verdict : IOMMUCTL_LINK_UNMEASURED;
}

IOMMUCTL_EXPORT const char *iommuctl_link_verdict_to_string(enum iommuctl_link_verdict verdict)
{
	return (size_t)verdict < ARRAY_SIZE(verdicts) ? verdicts[verdict] : NULL;
}

IOMMUCTL_EXPORT bool iommuctl_link_concerns(const struct iommuctl_link *link,
					    enum iommuctl_service service)
{
	return link && (size_t)service < IOMMUCTL_SERVICE_COUNT && link->concerns >> service & 1;
}
