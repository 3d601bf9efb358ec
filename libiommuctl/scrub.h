/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Texts without what tells whose machine it is. */
#ifndef IOMMUCTL_SCRUB_H
#define IOMMUCTL_SCRUB_H

#include "vfs.h"

#define REDACTED "redacted"

/* NAMES keeps what network interfaces are called instead: the same one always the same. */
typedef int scrub_fn(struct vfs *names, const char *data, size_t size, FILE *out);

/* A path, where all but names of network interfaces that were made of addresses is the kernel's. */
scrub_fn scrub_path;
/* KEY=value lines, some of which are serial numbers or addresses. */
scrub_fn scrub_uevent;
/* The kernel's command line: all but options that tell how its IOMMUs work. */
scrub_fn scrub_cmdline;
/* Lines of a kernel's log, perhaps with syslog's host names. */
scrub_fn scrub_log;
/* PCI configuration space, where a serial number is often an address of Ethernet. */
scrub_fn scrub_config;

#endif
