/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Built-in profiles of emulated IOMMUs: tables of options and of what they do to the features. */
#ifndef IOMMUCTL_PROFILE_H
#define IOMMUCTL_PROFILE_H

#include "compat.h"

/* Of a profile or a format. VALUES are alternatives between bars: words, or "0..20". */
struct iommuctl_option {
	const char *name;
	const char *values;
	const char *fallback; /* what it is when not given */
	const char *help;
	const char *same_as; /* another name, which QEMU had or has, of this one */
	const char *libvirt; /* attribute of libvirt's <driver> */
	/* the value that offers least, from which others are tried; NULL: none is */
	const char *least;
	bool varies; /* with the version of QEMU, when not given */
};

#define OPTIONS_MAX 24

/* A part of a text. */
struct span {
	const char *text;
	size_t length;
};

/* The values of options, in the order of their table. */
struct settings {
	const struct iommuctl_option *options;
	size_t count;
	struct span values[OPTIONS_MAX];
};

/*
 * All clauses "option=value" or "!option=value" of WHEN, which commas separate, hold; NULL always
 * does.
 */
bool settings_match(const struct settings *settings, const char *when);
/*
 * Take the options of TEXT, "name[=value][,name=value]...", over the fallbacks; the diagnostic says
 * what is wrong with OBJECT. -EINVAL.
 */
int settings_parse(struct iommuctl_context *ctx, struct settings *settings,
		   const struct iommuctl_option *options, size_t count, const char *object,
		   const char *text);
/* The fallbacks of all. */
void settings_init(struct settings *settings, const struct iommuctl_option *options, size_t count);
/* What stands before DELIMITER; REST becomes what stands behind it, or has no text. */
struct span span_cut(struct span *rest, char delimiter);
struct span span_of(const char *text);
bool span_is(struct span span, const char *text);
bool span_to_number(struct span span, uint64_t *ret_number);
/* Index of the option of that name, or of another one of it; -ENOENT. */
ssize_t settings_find(const struct settings *settings, struct span name);
/* NULL where the options have no such one. */
const struct span *settings_get(const struct settings *settings, const char *name);
bool settings_get_number(const struct settings *settings, const char *name, uint64_t *ret_number);

/* How devices of the host get into a guest with an emulated IOMMU. */
enum assignment {
	ASSIGN_REFUSED = 0, /* the VMM does not */
	ASSIGN_SHADOW,	    /* the VMM makes the guest's mappings in the host's IOMMU */
	ASSIGN_NESTED,	    /* the host's IOMMU walks the guest's first stage */
};

#define EFFECT_UNKNOWN UINT64_MAX

/* Where WHEN holds, FEATURE is VALUE; later rows of a table win. */
struct effect {
	const char *when;
	enum iommuctl_feature feature;
	uint64_t value;	  /* as value_from_bits() has it */
	const char *from; /* the option that is the value instead, or else unknown */
};

/* Where WHEN holds; later rows win. */
struct assign_rule {
	const char *when;
	enum assignment assignment;
	const char *reason; /* of a refusal */
};

struct rule {
	const char *when, *needs;
};

struct iommuctl_profile {
	const char *name;
	const char *help;
	enum iommuctl_model model;
	const char *libvirt;	   /* its name of the model; NULL: it makes none */
	const char *libvirt_accel; /* attributes besides accel='on' */
	bool is_machine;	   /* an option of QEMU's machine, not a device */
	const char *bus;	   /* what QEMU's device needs besides the options */
	const char *const
		*bases; /* settings to start from, ended by NULL; the first is preferred */
	const struct iommuctl_option *options;
	size_t option_count;
	const struct rule *rules;
	size_t rule_count;
	const struct effect *effects;
	size_t effect_count;
	const struct effect *more; /* behind EFFECTS */
	size_t more_count;
	const struct assign_rule *assign_rules;
	size_t assign_rule_count;
};

/* By the beginning of TEXT; NULL: there is none. */
const struct iommuctl_profile *profile_find(const char *text);
/* The set of SETTINGS; -EINVAL: QEMU refuses them, for *RET_RULE if that is not NULL. */
int profile_apply(const struct iommuctl_profile *profile, const struct settings *settings,
		  const struct rule **ret_rule, struct iommuctl_feature_set **ret_set);

extern const struct iommuctl_profile profiles[];
extern const size_t profile_count;

/* ---------------------------------------------------------------- formats */

/* Of page tables. The order is that of the registry, and of the bits in effects. */
enum format {
	FORMAT_VTD_S1_4LEVEL,
	FORMAT_VTD_S1_5LEVEL,
	FORMAT_VTD_S2_3LEVEL,
	FORMAT_VTD_S2_4LEVEL,
	FORMAT_VTD_S2_5LEVEL,
	FORMAT_AMD_V1,
	FORMAT_AMD_V2_4LEVEL,
	FORMAT_AMD_V2_5LEVEL,
	FORMAT_SMMUV3_CD,
	FORMAT_SMMUV3_S2,
	FORMAT_SMMUV2_S1,
	FORMAT_SMMUV2_S2,
	FORMAT_RISCV_SV39,
	FORMAT_RISCV_SV48,
	FORMAT_RISCV_SV57,
	FORMAT_RISCV_SV39X4,
	FORMAT_RISCV_SV48X4,
	FORMAT_RISCV_SV57X4,
	FORMAT_COUNT
};

struct iommuctl_format {
	const char *name;
	const char *help;
	enum iommuctl_model model;
	unsigned int stage;
	uint64_t bits;	/* of an input address, at most */
	bool is_narrow; /* those bits are always used, unless input_bits says less */
	/* what of the host's limits the input; IOMMUCTL_FEATURE_COUNT: that it has the format */
	enum iommuctl_feature limit;
};

const char *format_name(unsigned int format);
/* Which stage a format is of; 0: not known. */
unsigned int format_stage(const char *name);
/* What a table that TEXT describes needs, as a set of which all else is unknown. */
int format_parse(struct iommuctl_context *ctx, const char *text,
		 struct iommuctl_feature_set **ret_needs);

#endif
