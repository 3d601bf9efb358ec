/* SPDX-License-Identifier: GPL-2.0-or-later */
/* device open, close, attach, detach, reset: VFIO devices in a session. */
#include <errno.h>

#include "attach.h"
#include "attrs.h"
#include "claim.h"
#include "objects.h"

struct attached {
	const char *device;
	uint32_t id;
	uint32_t pasid;
	uint32_t hwpt;
};

#define ATTACHED ((const struct attached *)object)

GETTER(get_device, value_text(ATTACHED->device))
GETTER(get_id, ATTACHED->id ? value_number(ATTACHED->id) : NULL)
GETTER(get_hwpt, ATTACHED->hwpt ? value_number(ATTACHED->hwpt) : NULL)
GETTER(get_pasid, ATTACHED->pasid != IOMMUCTL_PASID_NONE ? value_number(ATTACHED->pasid) : NULL)

/* clang-format off */
#define ID { .key = "id", .heading = "ID", .flags = ATTR_COLUMN | ATTR_RIGHT, .get = get_id, .help = "what the iommufd knows it by" }
#define DEVICE { .key = "device", .heading = "DEVICE", .flags = ATTR_COLUMN, .get = get_device, .help = "the kernel's name of the device" }

static const struct attr open_attrs[] = { ID, DEVICE };
static const struct attr attach_attrs[] = {
	{ .key = "hwpt", .heading = "HWPT", .flags = ATTR_COLUMN | ATTR_RIGHT, .get = get_hwpt, .help = "the page table in use" },
	DEVICE, ID,
	{ .key = "pasid", .heading = "PASID", .flags = ATTR_COLUMN | ATTR_RIGHT, .get = get_pasid, .help = "the PASID, if it is about one" },
};

#define NOUN(key, list) { .singular = "device", .plural = key, .attrs = list, .attr_count = ARRAY_SIZE(list), .find = device_find }
const struct noun device_open_noun = NOUN("opened", open_attrs);
const struct noun device_attach_noun = NOUN("attachments", attach_attrs);
/* clang-format on */

static struct attached row_of(const struct app *app, const struct claim *claim)
{
	const struct param_value *pasid = &app->values[PARAM_PASID];

	return (struct attached){
		.device = iommuctl_device_get_name(claim->device),
		.id = iommuctl_object_get_id(iommuctl_vfio_get_object(claim->vfio)),
		.pasid = pasid->given ? (uint32_t)pasid->number : IOMMUCTL_PASID_NONE,
	};
}

/* ---------------------------------------------------------------- open, close */

/* Calls DO_IT, which tells of its errors, with every device that is named. */
static int for_each(struct app *app, bool may_open,
		    int (*do_it)(struct app *app, struct claim *claim))
{
	size_t done = 0;

	for (size_t i = 0; i < app->arg_count; i++) {
		struct claim claim;
		struct attached row;

		if (claim_make(app, app->args[i], may_open, &claim) < 0) {
			app->failed++;
			continue;
		}
		row = row_of(app, &claim);
		if (!do_it || do_it(app, &claim) >= 0) {
			result_add(app, &row);
			done++;
		} else {
			app->failed++;
		}
		iommuctl_vfio_close(claim.vfio);
	}
	result_finish(app);
	return app_exit_code(app, done);
}

int device_open_check(const struct app *app)
{
	if (!app->values[PARAM_NAME].given || app->arg_count == 1)
		return EXIT_DONE;
	message("device open: --name is for one device");
	return EXIT_USAGE;
}

int run_device_open(struct app *app)
{
	return for_each(app, true, NULL);
}

static int close_one(struct app *app, struct claim *claim)
{
	int r = objects_check_unused(app, iommuctl_device_get_name(claim->device),
				     iommuctl_object_get_id(iommuctl_vfio_get_object(claim->vfio)));

	if (r >= 0 && (r = claim_drop(app, claim)) < 0)
		message_diag(app);
	return r;
}

int run_device_close(struct app *app)
{
	return for_each(app, false, close_one);
}

static int reset_one(struct app *app, struct claim *claim)
{
	int r = iommuctl_vfio_reset(claim->vfio);

	if (r < 0)
		message_diag(app);
	return r;
}

int run_device_reset(struct app *app)
{
	return for_each(app, true, reset_one);
}

/* --------------------------------------------------------------- attach, detach */

static int attach(struct app *app, struct claim *claim, struct iommuctl_object *pt,
		  struct attached *row)
{
	int r = row->pasid == IOMMUCTL_PASID_NONE
			? iommuctl_vfio_attach(claim->vfio, pt, &row->hwpt)
			: iommuctl_vfio_attach_pasid(claim->vfio, row->pasid, pt, &row->hwpt);

	if (r >= 0)
		r = iommuctl_session_set_attachment(app->session, row->id, claim->serial,
						    row->pasid, iommuctl_object_get_id(pt));
	return r;
}

int run_device_attach(struct app *app)
{
	struct iommuctl_object *pt = NULL;
	struct attached row;
	struct claim claim;
	int r;

	if (claim_make(app, app->args[0], true, &claim) < 0) {
		if (app->topology && !claim.device && device_find(app->topology, app->args[1]))
			hint("the device comes first: iommuctl device attach %s %s", app->args[1],
			     app->args[0]);
		return EXIT_FAILED;
	}
	row = row_of(app, &claim);
	r = objects_find(app, app->args[1], KIND(IOAS) | KIND(HWPT), &pt);
	if (r >= 0 && (r = attach(app, &claim, pt, &row)) < 0)
		message_diag(app);
	if (r < 0 && claim.is_new)
		claim_drop(app, &claim);
	iommuctl_object_free(pt);
	iommuctl_vfio_close(claim.vfio);
	return r < 0 ? EXIT_FAILED : result_print(app, &row);
}

int run_device_detach(struct app *app)
{
	struct attached row;
	struct claim claim;
	int r;

	if (claim_make(app, app->args[0], false, &claim) < 0)
		return EXIT_FAILED;
	row = row_of(app, &claim);
	r = row.pasid == IOMMUCTL_PASID_NONE ? iommuctl_vfio_detach(claim.vfio)
					     : iommuctl_vfio_detach_pasid(claim.vfio, row.pasid);
	if (r >= 0)
		r = iommuctl_session_set_attachment(app->session, row.id, claim.serial, row.pasid,
						    0);
	if (r < 0)
		message_diag(app);
	iommuctl_vfio_close(claim.vfio);
	return r < 0 ? EXIT_FAILED : result_print(app, &row);
}
