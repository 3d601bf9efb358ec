/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a plan's file may say: the options of the commands that make it, with JSON's types. */
#include "plan.h"

/* clang-format off */
#define PARAM_OF(key, id) { key, PLAN_PARAM, id, .required = false }
#define NEEDS(key, id) { key, PLAN_PARAM, id, .required = true }
#define NAME { "name", PLAN_NAME, .required = true }
#define REF(key, kinds) { key, PLAN_REF, kinds, .required = true }
#define ARGUMENT(key, kinds) { key, PLAN_REF, kinds, .required = true, .argument = true }
#define ITEMS(key, kind) { key, PLAN_ITEMS, kind }
#define BITS(key, ...) { key, PLAN_BITS, .bits = { __VA_ARGS__ } }

static const struct plan_field root[] = {
	{ "schema", PLAN_WORD, .words = "iommuctl-plan/1" },
	{ "name", PLAN_NAME },
	ITEMS("devices", PLAN_DEVICE),
	ITEMS("memory", PLAN_MEMORY),
	ITEMS("ioas", PLAN_IOAS),
	ITEMS("fault_queues", PLAN_FAULT_QUEUE),
	ITEMS("hwpts", PLAN_HWPT),
	ITEMS("viommus", PLAN_VIOMMU),
	ITEMS("vdevices", PLAN_VDEVICE),
	ITEMS("veventqs", PLAN_VEVENTQ),
	ITEMS("hw_queues", PLAN_HW_QUEUE),
	ITEMS("attachments", PLAN_ATTACHMENT),
	ITEMS("handover", PLAN_HANDOVER),
	{ 0 }
};
static const struct plan_field device[] = {
	{ "device", PLAN_TEXT, .required = true, .argument = true },
	{ "name", PLAN_NAME },
	{ "bind", PLAN_FLAG },
	{ 0 }
};
static const struct plan_field memory[] = {
	NAME,
	{ "kind", PLAN_WORD, .required = true, .words = "memfd|hugetlb|file|anonymous" },
	PARAM_OF("size", PARAM_LENGTH),
	{ "path", PLAN_TEXT },
	PARAM_OF("page_size", PARAM_PAGE_SIZE),
	{ 0 }
};
static const struct plan_field ioas[] = {
	NAME,
	PARAM_OF("windows", PARAM_WINDOW),
	{ "huge_pages", PLAN_FLAG },
	{ "layout", PLAN_ITEM, PLAN_LAYOUT },
	ITEMS("maps", PLAN_MAP),
	{ 0 }
};
static const struct plan_field layout[] = {
	PARAM_OF("ram", PARAM_RAM),
	PARAM_OF("mmio", PARAM_MMIO),
	PARAM_OF("mmio64", PARAM_MMIO64),
	PARAM_OF("alignment", PARAM_ALIGNMENT),
	PARAM_OF("bits", PARAM_BITS),
	{ 0 }
};
static const struct plan_field map[] = {
	{ "memory", PLAN_REF, PLAN(MEMORY), .one_of = 1 },
	{ "device", PLAN_REF, PLAN(DEVICE), .one_of = 1 },
	PARAM_OF("region", PARAM_REGION),
	{ "iova", PLAN_PARAM, PARAM_IOVA, .at_most = 1 },
	{ "use", PLAN_WORD, .at_most = 1, .words = "ram" },
	PARAM_OF("offset", PARAM_OFFSET),
	PARAM_OF("length", PARAM_LENGTH),
	{ "permissions", PLAN_WORD, .words = "rw|r|w" },
	{ 0 }
};
static const struct plan_field fault_queue[] = { NAME, { 0 } };
static const struct plan_field hwpt[] = {
	NAME,
	{ "ioas", PLAN_REF, PLAN(IOAS), .one_of = 1, .argument = true },
	{ "parent", PLAN_REF, PLAN(HWPT), .one_of = 1, .argument = true },
	{ "viommu", PLAN_REF, PLAN(VIOMMU), .one_of = 1, .argument = true },
	REF("device", PLAN(DEVICE)),
	PARAM_OF("nest_parent", PARAM_NEST_PARENT),
	PARAM_OF("dirty_tracking", PARAM_DIRTY_TRACKING),
	PARAM_OF("for_pasid", PARAM_FOR_PASID),
	{ "fault_queue", PLAN_REF, PLAN(FAULT_QUEUE) },
	{ "type", PLAN_PARAM, PARAM_HWPT_DATA_TYPE, .at_most = 1 },
	{ "vtd_s1", PLAN_ITEM, PLAN_VTD_S1, .at_most = 1 },
	{ "arm_smmu_v3", PLAN_ITEM, PLAN_ARM_SMMU_V3, .at_most = 1 },
	PARAM_OF("data", PARAM_DATA),
	{ 0 }
};
/* struct iommu_hwpt_vtd_s1 */
static const struct plan_field vtd_s1[] = {
	{ "pgtbl_addr", PLAN_BITS, .required = true, .bits = { 1, 0, 64, true } },
	{ "addr_width", PLAN_BITS, .required = true, .bits = { 2, 0, 32, false } },
	BITS("sre", 0, 0, 1),
	BITS("eafe", 0, 1, 1),
	BITS("wpe", 0, 2, 1),
	{ 0 }
};
/* The first two words of a stream table entry: IHI 0070, 5.2. */
static const struct plan_field arm_smmu_v3[] = {
	{ "config", PLAN_WORD, .required = true, .words = "abort|bypass|stage1" },
	BITS("s1fmt", 0, 4, 2),
	BITS("s1contextptr", 0, 6, 46, true),
	BITS("s1cdmax", 0, 59, 5),
	BITS("s1dss", 1, 0, 2),
	BITS("s1cir", 1, 2, 2),
	BITS("s1cor", 1, 4, 2),
	BITS("s1csh", 1, 6, 2),
	BITS("s1stalld", 1, 27, 1),
	BITS("eats", 1, 28, 2),
	{ 0 }
};
static const struct plan_field viommu[] = {
	NAME,
	ARGUMENT("hwpt", PLAN(HWPT)),
	REF("device", PLAN(DEVICE)),
	NEEDS("type", PARAM_VIOMMU_TYPE),
	PARAM_OF("data", PARAM_DATA),
	{ 0 }
};
static const struct plan_field vdevice[] = {
	NAME,
	ARGUMENT("viommu", PLAN(VIOMMU)),
	REF("device", PLAN(DEVICE)),
	NEEDS("virtual_id", PARAM_VIRTUAL_ID),
	{ 0 }
};
static const struct plan_field veventq[] = {
	NAME,
	ARGUMENT("viommu", PLAN(VIOMMU)),
	NEEDS("type", PARAM_VEVENTQ_TYPE),
	NEEDS("depth", PARAM_DEPTH),
	{ 0 }
};
static const struct plan_field hw_queue[] = {
	NAME,
	ARGUMENT("viommu", PLAN(VIOMMU)),
	NEEDS("type", PARAM_HW_QUEUE_TYPE),
	NEEDS("index", PARAM_INDEX),
	NEEDS("iova", PARAM_IOVA),
	NEEDS("length", PARAM_LENGTH),
	{ 0 }
};
static const struct plan_field attachment[] = {
	ARGUMENT("device", PLAN(DEVICE)),
	ARGUMENT("to", PLAN(IOAS) | PLAN(HWPT)),
	PARAM_OF("pasid", PARAM_PASID),
	{ 0 }
};
static const struct plan_field handover[] = {
	{ "variable", PLAN_TEXT, .required = true },
	{ "iommufd", PLAN_FLAG, .one_of = 1 },
	{ "device", PLAN_REF, PLAN(DEVICE), .one_of = 1 },
	{ "memory", PLAN_REF, PLAN(MEMORY), .one_of = 1 },
	{ 0 }
};

const struct plan_shape plan_shapes[PLAN_KIND_COUNT] = {
	[PLAN_ROOT] = { "a plan", NULL, NULL, root },
	[PLAN_DEVICE] = { "a device", "device", "open", device },
	[PLAN_MEMORY] = { "memory", NULL, NULL, memory },
	[PLAN_IOAS] = { "an address space", "ioas", "create", ioas },
	[PLAN_FAULT_QUEUE] = { "a fault queue", "fault-queue", "create", fault_queue },
	[PLAN_HWPT] = { "a page table", "hwpt", "create", hwpt },
	[PLAN_VIOMMU] = { "a vIOMMU", "viommu", "create", viommu },
	[PLAN_VDEVICE] = { "a vdevice", "vdevice", "create", vdevice },
	[PLAN_VEVENTQ] = { "a vEVENTQ", "veventq", "create", veventq },
	[PLAN_HW_QUEUE] = { "a hardware queue", "hw-queue", "create", hw_queue },
	[PLAN_ATTACHMENT] = { "an attachment", "device", "attach", attachment },
	[PLAN_HANDOVER] = { "a file that is handed over", NULL, NULL, handover },
	[PLAN_MAP] = { "a map", "ioas", "map", map },
	[PLAN_LAYOUT] = { "a layout", NULL, NULL, layout },
	[PLAN_VTD_S1] = { "a first stage of VT-d", NULL, NULL, vtd_s1 },
	[PLAN_ARM_SMMU_V3] = { "a stream table entry", NULL, NULL, arm_smmu_v3 },
};
/* clang-format on */
