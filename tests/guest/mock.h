/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The call that drives the mock devices of kernels with CONFIG_IOMMUFD_TEST. */
#ifndef TESTS_GUEST_MOCK_H
#define TESTS_GUEST_MOCK_H

#include <assert.h>
#include <stdint.h>

#define MOCK_CMD 0x3ba0 /* on a file descriptor of /dev/iommu */

enum mock_op {
	MOCK_ADD_RESERVED = 1,
	MOCK_DOMAIN,
	MOCK_CHECK_MAP,
	MOCK_CHECK_REFS,
	MOCK_CREATE_ACCESS,
	MOCK_DESTROY_ACCESS_PAGES,
	MOCK_ACCESS_PAGES,
	MOCK_ACCESS_RW,
	MOCK_SET_TEMP_MEMORY_LIMIT,
	MOCK_DOMAIN_REPLACE,
	MOCK_ACCESS_REPLACE_IOAS,
	MOCK_DOMAIN_FLAGS,
	MOCK_DIRTY,
	MOCK_CHECK_IOTLB,
	MOCK_TRIGGER_IOPF,
	MOCK_CHECK_CACHE,
	MOCK_TRIGGER_VEVENT,
	MOCK_PASID_ATTACH,
	MOCK_PASID_REPLACE,
	MOCK_PASID_DETACH,
	MOCK_PASID_CHECK_HWPT,
	MOCK_DMABUF_GET,
	MOCK_DMABUF_REVOKE,
};

enum {
	MOCK_DEVICE_NO_DIRTY = 1 << 0, /* of MOCK_DOMAIN_FLAGS */
	MOCK_DEVICE_PASID = 1 << 2,
	MOCK_ACCESS_PINS = 1 << 0,  /* of MOCK_CREATE_ACCESS: as ACCESS_PAGES wants it */
	MOCK_ACCESS_WRITE = 1 << 0, /* of ACCESS_PAGES and ACCESS_RW */
	MOCK_ACCESS_SLOW = 1 << 2,  /* of ACCESS_RW */
	MOCK_APERTURE_FIRST = 0x1000000,
	MOCK_APERTURE_LAST = 0x7fffffff,
	MOCK_PAGE_SIZE = 2048,
	MOCK_PASID_REFUSED = 1024, /* cannot be attached to */
};

/* What the other calls take for the mock, and the values that there are at first. */
#define MOCK_HW_INFO_TYPE     0xfeedbeef
#define MOCK_HW_INFO_REGISTER 0xdeadbeef
#define MOCK_HWPT_DATA_TYPE   0xdead
#define MOCK_INVALIDATE_TYPE  0xdeadbeef /* of nested HWPTs and of vIOMMUs */
#define MOCK_VIOMMU_TYPE      0xdeadbeef
#define MOCK_VEVENTQ_TYPE     0xbeefbeef
#define MOCK_HW_QUEUE_TYPE    0xdeadbeef
#define MOCK_IOTLB_DEFAULT    0xbadbeef
#define MOCK_CACHE_DEFAULT    0xbaddad

struct mock_cmd {
	uint32_t size;
	uint32_t op;
	uint32_t id; /* of an object; the file descriptor of an access */
	uint32_t reserved;
	union {
		struct {
			uint64_t start;
			uint64_t length;
		} add_reserved;
		struct {
			uint32_t stdev_id; /* these three are results */
			uint32_t hwpt_id;
			uint32_t device_id;
			uint32_t flags; /* of DOMAIN_FLAGS */
		} domain;
		struct {
			uint32_t pt_id; /* also the result */
		} domain_replace;
		struct {
			uint64_t iova;
			uint64_t length;
			uint64_t memory;
		} check_map;
		struct {
			uint64_t length;
			uint64_t memory;
			uint32_t refs;
		} check_refs;
		struct {
			uint32_t fd; /* the result */
			uint32_t flags;
		} create_access;
		struct {
			uint32_t pages_id;
		} destroy_access_pages;
		struct {
			uint32_t flags;
			uint32_t pages_id; /* the result */
			uint64_t iova;
			uint64_t length;
			uint64_t memory;
		} access_pages;
		struct {
			uint64_t iova;
			uint64_t length;
			uint64_t memory;
			uint32_t flags;
		} access_rw;
		struct {
			uint32_t limit;
		} memory_limit;
		struct {
			uint32_t ioas_id;
		} access_replace_ioas;
		struct {
			uint32_t flags;
			uint64_t iova;
			uint64_t length;
			uint64_t page_size;
			uint64_t memory; /* a bitmap */
			uint64_t count;	 /* the result */
		} dirty;
		struct {
			uint32_t index; /* 0-3 */
			uint32_t value;
		} check;
		struct {
			uint32_t device_id;
			uint32_t pasid;
			uint32_t group;
			uint32_t permissions;
			uint64_t address;
		} trigger_iopf;
		struct {
			uint32_t device_id;
		} trigger_vevent;
		struct {
			uint32_t pasid;
			uint32_t pt_id; /* also the result of ATTACH and REPLACE; 0 for CHECK: none
					 */
		} pasid;
		struct {
			uint32_t length;
			uint32_t open_flags;
		} dmabuf_get;
		struct {
			int32_t fd;
			uint32_t revoked;
		} dmabuf_revoke;
	};
	uint32_t last;
};
static_assert(sizeof(struct mock_cmd) == 72, "what the kernel has");

#endif
