/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Getters that more than one noun uses. */
#ifndef IOMMUCTL_ATTRS_H
#define IOMMUCTL_ATTRS_H

#include "app.h"

/* A register with its decoded fields, as register show and iommu show print it. */
json_object *register_to_json(const struct iommuctl_register *reg, uint64_t value);
/* Of an IOMMU: one feature; an object of all; the registers the kernel publishes. */
json_object *feature_to_json(const struct iommuctl_iommu *iommu, enum iommuctl_feature feature);
json_object *features_to_json(const struct iommuctl_iommu *iommu);
json_object *registers_to_json(const struct iommuctl_iommu *iommu);
/* What is behind the IOMMUs: the keys "disagreements" and "common"; the former as a table. */
json_object *units_to_json(const struct app *app);
int units_print(struct app *app, enum view view);
/* iommu show --why */
int run_why(struct app *app);
/* A reserved region as START, END and TYPE. */
json_object *region_to_json(const struct iommuctl_region *region);

/* The devices of a topology, for nouns that are about devices. */
const void *device_get(const struct iommuctl_topology *topology, size_t i);
const void *device_find(const struct iommuctl_topology *topology, const char *name);

/* Likewise its groups. */
const void *group_get(const struct iommuctl_topology *topology, size_t i);
const void *group_find(const struct iommuctl_topology *topology, const char *name);

/* device pasid, which has a file of its own. */
extern const struct noun device_pasid_noun;
extern const struct argp_option device_pasid_options[];
error_t device_pasid_parse(int key, char *arg, struct app *app);
int run_device_pasid(struct app *app);

/* device holders and group holders. */
extern const struct noun device_holders_noun, group_holders_noun;
int run_holders(struct app *app);

/*
 * device show --hw-info: ask about DEVICES, adding those that could not be to *RET_FAILED; an exit
 * code. The attribute's getters have the answers until they are forgotten.
 */
int hw_info_ask(struct app *app, const struct objects *devices, size_t *ret_failed);
json_object *hw_info_get(const void *object, const struct attr *attr);
void hw_info_rows(const void *object, struct rows *rows);
void hw_info_forget(void);

#endif
