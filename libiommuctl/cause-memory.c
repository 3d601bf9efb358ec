/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Causes that have to do with memory: limits, what can be pinned, which files can be mapped. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "abi/iommufd.h"
#include "abi/vfio.h"
#include "cause-table.h"
#include "cause.h"
#include "paths.h"

/* -------------------------------------------------------------------- limits */

/* A figure of /proc/PID/status in bytes; 0: not known. */
static uint64_t status_bytes(struct iommuctl_context *ctx, const char *key)
{
	char text[8192], *line;
	unsigned long long kib;

	if (io_read(ctx, PROC "/self/status", text, sizeof(text)) < 0)
		return 0;
	line = strstr(text, key);
	return line && sscanf(line + strlen(key), "%llu", &kib) == 1 ? kib << 10 : 0;
}

/* "64 KiB", "unlimited" */
static const char *limit_text(rlim_t limit, char *buf, size_t size)
{
	if (limit == RLIM_INFINITY)
		snprintf(buf, size, "unlimited");
	else
		snprintf(buf, size, "%" PRIu64 " KiB", (uint64_t)limit >> 10);
	return buf;
}

/* How much the call wants to have locked; 0: as much as is mapped already. */
static uint64_t wanted_bytes(const struct failure *failure)
{
	const struct abi_iommu_ioas_map *map = failure->arg;
	const struct abi_iommu_ioas_map_file *file = failure->arg;
	const struct abi_iommu_ioas_copy *copy = failure->arg;

	return failure->request == ABI_IOMMU_IOAS_MAP	     ? map->length
	       : failure->request == ABI_IOMMU_IOAS_MAP_FILE ? file->length
	       : failure->request == ABI_IOMMU_IOAS_COPY     ? copy->length
							     : 0;
}

/* Whether the limit counts what this process has locked, not what its user has. */
static bool is_per_process(const struct failure *failure)
{
	struct abi_iommu_option arg = {
		.size = sizeof(arg),
		.option_id = ABI_IOMMU_OPTION_RLIMIT_MODE,
		.op = ABI_IOMMU_OPTION_OP_GET,
	};

	return failure->iommufd &&
	       device_ask(failure->ctx, failure->iommufd->fd, ABI_IOMMU_OPTION, &arg) == 0 &&
	       arg.val64 == 1;
}

bool cause_memlock(struct failure *failure)
{
	char soft[32], hard[32], asked[64] = "what is mapped", enough[48] = "";
	uint64_t locked, wanted = wanted_bytes(failure);
	bool per_process = is_per_process(failure);
	struct rlimit limit;

	if (may_lock_all() || getrlimit(RLIMIT_MEMLOCK, &limit) < 0 ||
	    limit.rlim_cur == RLIM_INFINITY)
		return false;
	locked = status_bytes(failure->ctx, per_process ? "VmLck:" : "VmPin:");
	/* of all processes of a user nobody knows the sum */
	if (per_process && wanted && wanted <= limit.rlim_cur && locked <= limit.rlim_cur - wanted)
		return false;
	if (wanted)
		snprintf(asked, sizeof(asked), "%" PRIu64 " KiB more", wanted >> 10);
	/* what its user has cannot be more than the limit */
	if (wanted)
		snprintf(enough, sizeof(enough), " to %" PRIu64 " KiB",
			 ((per_process ? locked : limit.rlim_cur) + wanted) >> 10);
	advise(failure,
	       "raise it%s: ulimit -l, LimitMEMLOCK= of a service, memlock in limits.conf; "
	       "CAP_IPC_LOCK needs none",
	       enough);
	return because(failure,
		       "%s would be more locked memory than RLIMIT_MEMLOCK allows: %s (hard: %s); "
		       "locked now: %" PRIu64 " KiB by this process%s",
		       asked, limit_text(limit.rlim_cur, soft, sizeof(soft)),
		       limit_text(limit.rlim_max, hard, sizeof(hard)), locked >> 10,
		       per_process ? "" : ", and what else its user has");
}

/* ---------------------------------------------------------- memory of processes */

struct vma {
	uint64_t start, end; /* not included */
	char permissions[5];
	char path[128];
};

/* The first area of this process's memory that ends behind ADDRESS. */
static bool find_vma(FILE *maps, uint64_t address, struct vma *vma)
{
	char line[512];

	while (fgets(line, sizeof(line), maps)) {
		vma->path[0] = '\0';
		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %*s %*s %*s %127s", &vma->start,
			   &vma->end, vma->permissions, vma->path) >= 3 &&
		    vma->end > address)
			return true;
	}
	return false;
}

/* The first area of the call's memory that BAD is true of; it may have no area at all. */
static bool find_bad_memory(const struct failure *failure, struct vma *ret_vma,
			    bool (*bad)(const struct abi_iommu_ioas_map *arg, uint64_t address,
					const struct vma *vma))
{
	const struct abi_iommu_ioas_map *arg = failure->arg;
	uint64_t address = arg->user_va;
	int fd = io_open(failure->ctx, PROC "/self/maps", O_RDONLY);
	FILE *maps = fd < 0 ? NULL : fdopen(fd, "r");
	bool found = false;

	while (maps && !found && address - arg->user_va < arg->length) {
		if (!find_vma(maps, address, ret_vma))
			*ret_vma = (struct vma){ UINT64_MAX, UINT64_MAX, "", "" };
		found = bad(arg, address, ret_vma);
		address = ret_vma->end;
	}
	if (maps)
		fclose(maps);
	else
		close_fd(&fd);
	return found;
}

static bool is_hole(const struct abi_iommu_ioas_map *arg, uint64_t address, const struct vma *vma)
{
	(void)arg;
	return vma->start > address;
}

bool cause_memory_hole(struct failure *failure)
{
	struct vma vma;

	return find_bad_memory(failure, &vma, is_hole);
}

static bool is_protected(const struct abi_iommu_ioas_map *arg, uint64_t address,
			 const struct vma *vma)
{
	(void)address;
	return !strchr(vma->permissions, 'r') ||
	       (arg->flags & ABI_IOMMU_IOAS_MAP_WRITEABLE && !strchr(vma->permissions, 'w'));
}

bool cause_memory_protected(struct failure *failure)
{
	struct vma vma;

	return find_bad_memory(failure, &vma, is_protected) &&
	       because(failure,
		       "the memory at 0x%" PRIx64 "-0x%" PRIx64 " has only the permissions %.2s",
		       vma.start, vma.end - 1, vma.permissions);
}

static bool is_of_file(const struct abi_iommu_ioas_map *arg, uint64_t address,
		       const struct vma *vma)
{
	(void)arg;
	(void)address;
	return vma->path[0] == '/';
}

bool cause_memory_file(struct failure *failure)
{
	struct vma vma;

	return find_bad_memory(failure, &vma, is_of_file) &&
	       because(failure,
		       "the memory at 0x%" PRIx64 "-0x%" PRIx64 " is of %s, which cannot be pinned",
		       vma.start, vma.end - 1, vma.path);
}

/* --------------------------------------------------------------------- files */

static int mapped_fd(const struct failure *failure)
{
	const struct abi_iommu_ioas_map_file *arg = failure->arg;

	return arg->fd;
}

/* Of a file system: linux/magic.h. */
#define MAGIC_TMPFS	0x01021994
#define MAGIC_HUGETLBFS 0x958458f6
#define MAGIC_DMA_BUF	0x444d4142

static uint32_t file_magic(const struct failure *failure)
{
	struct statfs fs;

	return fstatfs(mapped_fd(failure), &fs) < 0 ? 0 : (uint32_t)fs.f_type;
}

bool cause_file_dma_buf(struct failure *failure)
{
	return file_magic(failure) == MAGIC_DMA_BUF;
}

bool cause_file_dma_buf_old(struct failure *failure)
{
	return cause_file_dma_buf(failure) && kernel_is_since(failure->ctx, "6.19") == 0;
}

bool cause_file_kind(struct failure *failure)
{
	uint32_t magic = file_magic(failure);

	return magic && magic != MAGIC_TMPFS && magic != MAGIC_HUGETLBFS && magic != MAGIC_DMA_BUF;
}

bool cause_file_end(struct failure *failure)
{
	const struct abi_iommu_ioas_map_file *arg = failure->arg;
	struct stat st;

	return fstat(arg->fd, &st) == 0 &&
	       (arg->start > (uint64_t)st.st_size ||
		arg->length > (uint64_t)st.st_size - arg->start) &&
	       because(failure,
		       "the file has 0x%" PRIx64 " bytes, the mapping would end at 0x%" PRIx64,
		       (uint64_t)st.st_size, arg->start + arg->length);
}

/* ------------------------------------------------------------ files of this process */

bool cause_no_files_left(struct failure *failure)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
	       because(failure,
		       "this process has as many files open as RLIMIT_NOFILE allows: %" PRIu64,
		       (uint64_t)limit.rlim_cur);
}
