/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "claim.h"

#include <errno.h>

#include "attrs.h"

static int need_session(struct app *app)
{
	if (app_iommufd(app) < 0)
		return -ENODEV;
	if (app->session)
		return 0;
	message("device: a session is needed: a device is bound as long as its file is open");
	hint("iommuctl session start NAME makes one");
	return -ENODEV;
}

/* By the kernel's name, or by the one it was given in the session. */
static const struct iommuctl_device *find_device(struct app *app, const char *word)
{
	struct iommuctl_session_entry *entry;
	const struct iommuctl_device *device;
	const char *name;

	if (!app->topology && app_load(app) < 0)
		return NULL;
	device = device_find(app->topology, word);
	if (!device && iommuctl_session_find(app->session, word, &entry) >= 0) {
		name = iommuctl_session_entry_get_device(entry);
		device = name ? device_find(app->topology, name) : NULL;
		iommuctl_session_entry_free(entry);
	}
	if (!device)
		message("device %s: find: there is no such device", word);
	return device;
}

/* What the session has of it; -ENOENT it does not. */
static int find_claim(struct app *app, struct claim *claim)
{
	struct iommuctl_session_entry *entry;
	int fd, r = iommuctl_session_find(app->session, iommuctl_device_get_name(claim->device),
					  &entry);

	if (r < 0)
		return r;
	claim->serial = iommuctl_session_entry_get_serial(entry);
	fd = iommuctl_session_entry_take_fd(entry);
	r = fd < 0 ? fd
		   : iommuctl_vfio_from_fd(app->ctx, claim->device, fd, app->iommufd,
					   iommuctl_session_entry_get_id(entry), &claim->vfio);
	iommuctl_session_entry_free(entry);
	return r;
}

static int new_claim(struct app *app, struct claim *claim)
{
	struct iommuctl_session_object object = {
		.size = sizeof(object),
		.kind = IOMMUCTL_OBJECT_DEVICE,
		.name = app->values[PARAM_NAME].text,
		.device = iommuctl_device_get_name(claim->device),
	};
	int r = iommuctl_vfio_open(app->ctx, claim->device, &claim->vfio);

	if (r >= 0)
		r = iommuctl_vfio_bind(claim->vfio, app->iommufd);
	object.id = iommuctl_object_get_id(iommuctl_vfio_get_object(claim->vfio));
	if (r >= 0)
		r = iommuctl_session_add(app->session, &object, iommuctl_vfio_get_fd(claim->vfio),
					 &claim->serial);
	claim->is_new = true;
	return r;
}

int claim_make(struct app *app, const char *word, bool may_open, struct claim *claim)
{
	int r;

	*claim = (struct claim){ 0 };
	if (need_session(app) < 0 || !(claim->device = find_device(app, word)))
		return -ENODEV;
	r = find_claim(app, claim);
	if (r == -ENOENT && may_open)
		r = new_claim(app, claim);
	else if (r == -ENOENT)
		message("device %s: the session does not have it",
			iommuctl_device_get_name(claim->device));
	if (r < 0 && (r != -ENOENT || may_open))
		message_diag(app);
	if (r < 0)
		claim->vfio = iommuctl_vfio_close(claim->vfio);
	return r;
}

int claim_drop(struct app *app, const struct claim *claim)
{
	uint32_t id = iommuctl_object_get_id(iommuctl_vfio_get_object(claim->vfio));

	return iommuctl_session_remove(app->session, id, claim->serial);
}
