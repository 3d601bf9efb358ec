/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scrub.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "pci.h"

/* ------------------------------------------------------------------- words */

/* "enx001122334455": what udev makes of an interface's address. */
#define INTERFACE_PREFIX 3
#define INTERFACE_LENGTH (INTERFACE_PREFIX + 12)

#define LETTERS	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-"
#define VALUE_CHARS LETTERS ",:@/+"

static bool is_word_char(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static size_t hex_run(const char *text)
{
	size_t n = 0;

	while (isxdigit((unsigned char)text[n]))
		n++;
	return n;
}

/* "00:11:22:33:44:55", longer ones, and with dashes; the length, or 0. */
static size_t match_address(const char *text)
{
	size_t pairs = 0;

	while (hex_run(text + 3 * pairs) == 2) {
		char end = text[3 * pairs++ + 2];

		if (end != text[2] || (end != ':' && end != '-'))
			break;
	}
	return pairs >= 6 ? 3 * pairs - 1 : 0;
}

static size_t match_uuid(const char *text)
{
	static const unsigned int groups[] = { 8, 4, 4, 4, 12 };
	size_t at = 0;

	for (size_t i = 0; i < ARRAY_SIZE(groups); at += groups[i++] + 1)
		if (hex_run(text + at) != groups[i] ||
		    (i + 1 < ARRAY_SIZE(groups) && text[at + groups[i]] != '-'))
			return 0;
	return at - 1;
}

static bool is_interface(const char *text)
{
	return islower((unsigned char)text[0]) && islower((unsigned char)text[1]) &&
	       text[2] == 'x' && hex_run(text + INTERFACE_PREFIX) == 12 &&
	       !is_word_char(text[INTERFACE_LENGTH]);
}

static int print_interface(struct vfs *names, const char *text, FILE *out)
{
	char name[INTERFACE_LENGTH + 1] = "", instead[64];
	const struct vfs_node *node;
	int r;

	memcpy(name, text, INTERFACE_LENGTH);
	node = vfs_child(&names->root, name);
	if (!node) {
		snprintf(instead, sizeof(instead), "%.3s" REDACTED "%zu", name,
			 names->node_count + 1);
		r = vfs_add(names, name, VFS_FILE, instead, strlen(instead));
		if (r < 0)
			return r;
		node = vfs_child(&names->root, name);
	}
	return fputs(node->data, out) < 0 ? -ENOMEM : 0;
}

/* LENGTH bytes of TEXT. */
static int scrub_words(struct vfs *names, const char *text, size_t length, bool is_path, FILE *out)
{
	const char *end = text + length;
	bool inside = false;
	int r = 0;

	for (size_t n; r >= 0 && text < end; inside = is_word_char(text[-1])) {
		n = inside || is_path ? 0 : match_address(text);
		if (n == 0 && !inside && !is_path)
			n = match_uuid(text);
		if (n > 0 && !is_word_char(text[n])) {
			r = fputs(REDACTED, out);
		} else if (!inside && is_interface(text)) {
			r = print_interface(names, text, out);
			n = INTERFACE_LENGTH;
		} else {
			r = fputc(*text, out);
			n = 1;
		}
		text += n;
	}
	return r < 0 ? -ENOMEM : 0;
}

int scrub_path(struct vfs *names, const char *data, size_t size, FILE *out)
{
	return scrub_words(names, data, size, true, out);
}

/* ------------------------------------------------------------------- lines */

static int each_line(struct vfs *names, const char *data, size_t size, FILE *out, scrub_fn *scrub)
{
	int r = 0;

	for (size_t n; r >= 0 && size > 0; data += n, size -= n) {
		const char *end = memchr(data, '\n', size);

		n = end ? (size_t)(end - data) + 1 : size;
		r = scrub(names, data, n, out);
	}
	return r;
}

static int scrub_property(struct vfs *names, const char *line, size_t length, FILE *out)
{
	static const char *const keys[] = { "SERIAL", "UUID", "MAC", "HOST", "WWN", "UNIQ" };
	const char *equals = memchr(line, '=', length);
	size_t key = equals ? (size_t)(equals - line) : 0;

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (memmem(line, key, keys[i], strlen(keys[i])))
			return fprintf(out, "%.*s=" REDACTED "\n", (int)key, line) < 0 ? -ENOMEM
										       : 0;
	return scrub_words(names, line, length, false, out);
}

int scrub_uevent(struct vfs *names, const char *data, size_t size, FILE *out)
{
	return each_line(names, data, size, out, scrub_property);
}

/* What the first word of a message of the kernel's has, if IOMMUs are its subject. */
static const char *const subjects[] = {
	"iommu", "IOMMU", "mmu",  "DMAR", "dmar",  "AMD-Vi", "dart", "DART", "IVRS", "ivrs", "IORT",
	"VIOT",	 "RIMT",  "vfio", "VFIO", "cmdqv", "CMDQV",  "GART", "ACPI", "pci",  "PCI",
};

/* Past priority, time and caller: "<6>[    1.0] [T1] ". */
static const char *skip_stamps(const char *at, const char *end)
{
	while (at < end && (*at == '<' || *at == '[' || *at == ' ')) {
		const char *stop =
			*at == ' ' ? at : memchr(at, *at == '<' ? '>' : ']', (size_t)(end - at));

		if (!stop)
			return end;
		at = stop + 1;
	}
	return at;
}

/* What programs say can be anything, also a secret beside the name of an option. */
static bool is_of_kernel(const char *at, const char *end)
{
	static const char *const groups[] = { ": Adding to iommu group ",
					      ": Removing from iommu group " };
	size_t n;

	at = skip_stamps(at, end);
	n = at < end ? strcspn(at, " :\n") : 0;
	if (strspn(at, LETTERS "/") < n || memchr(at, '=', n))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(subjects); i++)
		if (memmem(at, n, subjects[i], strlen(subjects[i])))
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		if (memmem(at, (size_t)(end - at), groups[i], strlen(groups[i])))
			return true;
	return false;
}

/* "Nov 21 08:00:00 host kernel: ..." */
static int scrub_message(struct vfs *names, const char *line, size_t length, FILE *out)
{
	static const char tag[] = " kernel:";
	const char *end = memmem(line, length, tag, strlen(tag)), *host = end;
	int r;

	while (host && host > line && host[-1] != ' ')
		host--;
	if (host &&
	    (host == line || line[0] == '[' || memmem(line, (size_t)(host - line), ": ", 2)))
		host = NULL;
	if (!is_of_kernel(host ? end + strlen(tag) : line, line + length))
		return 0;
	if (!host)
		return scrub_words(names, line, length, false, out);
	r = scrub_words(names, line, (size_t)(host - line), false, out);
	if (r >= 0 && fputs(REDACTED, out) < 0)
		r = -ENOMEM;
	if (r >= 0)
		r = scrub_words(names, end, length - (size_t)(end - line), false, out);
	return r;
}

int scrub_log(struct vfs *names, const char *data, size_t size, FILE *out)
{
	return each_line(names, data, size, out, scrub_message);
}

/* ------------------------------------------------------------ command line */

/* Their values are nobody's secret. _ stands for - too. */
static const char *const public_options[] = {
	"acpi",
	"amd_iommu",
	"amd_iommu_dump",
	"amd_iommu_intr",
	"arm_smmu.disable_bypass",
	"arm_smmu.force_stage",
	"arm_smmu_v3.disable_bypass",
	"arm_smmu_v3.disable_msipolling",
	"console",
	"debug",
	"default_hugepagesz",
	"dma_debug",
	"earlycon",
	"efi",
	"hugepages",
	"hugepagesz",
	"intel_iommu",
	"intremap",
	"iommu",
	"iommu.forcedac",
	"iommu.passthrough",
	"iommu.strict",
	"ivrs_acpihid",
	"ivrs_hpet",
	"ivrs_ioapic",
	"kvm.ignore_msrs",
	"kvm_amd.avic",
	"kvm_amd.nested",
	"kvm_intel.nested",
	"mem_encrypt",
	"mitigations",
	"noapic",
	"nointremap",
	"nolapic",
	"nox2apic",
	"panic",
	"pci",
	"pcie_acs_override",
	"pcie_aspm",
	"pcie_port_pm",
	"pcie_ports",
	"quiet",
	"ro",
	"rw",
	"s390_iommu",
	"s390_iommu_aperture",
	"splash",
	"swiotlb",
	"tegra241_cmdqv.bypass_vcmdq",
	"tegra241_cmdqv.disable_cmdqv",
	"vfio.enable_unsafe_noiommu_mode",
	"vfio_iommu_type1.allow_unsafe_interrupts",
	"vfio_iommu_type1.disable_hugepages",
	"vfio_iommu_type1.dma_entry_limit",
	"vfio_pci.disable_denylist",
	"vfio_pci.disable_idle_d3",
	"vfio_pci.disable_vga",
	"vfio_pci.enable_sriov",
	"vfio_pci.ids",
	"vfio_pci.nointxmask",
	"x2apic_phys",
};

static bool fits(const char *option, const char *name, size_t length)
{
	size_t n = 0;

	while (n < length && (option[n] == name[n] || (option[n] == '_' && name[n] == '-')))
		n++;
	return n == length && !option[n];
}

static bool is_public(const char *name, size_t length)
{
	for (size_t i = 0; i < ARRAY_SIZE(public_options); i++)
		if (fits(public_options[i], name, length))
			return true;
	return false;
}

/* "[9]", as options about I/O APICs have it; the length, or 0. */
static size_t index_length(const char *text)
{
	size_t n = *text == '[' ? strspn(text + 1, "0123456789abcdefABCDEFx:.") : 0;

	return n > 0 && text[n + 1] == ']' ? n + 2 : 0;
}

static bool is_plain(const char *value, const char *end)
{
	/* shells and people quote in ways which the kernel does not know */
	if (end - value >= 2 && *value == '"' && end[-1] == '"') {
		value++;
		end--;
	}
	return value + strspn(value, VALUE_CHARS) >= end;
}

/* A word, which may stand in double quotes. */
static int scrub_option(struct vfs *names, const char *word, size_t length, FILE *out)
{
	const char *name = word + (*word == '"'), *end = word + length, *rest;
	size_t n = strspn(name, LETTERS);

	if (name > word && (length < 2 || *--end != '"'))
		return fputs(REDACTED, out);
	rest = name + n + index_length(name + n);
	if (!is_public(name, n) || (rest < end && *rest != '='))
		return fputs(REDACTED, out);
	if (rest >= end || is_plain(rest + 1, end))
		return scrub_words(names, word, length, false, out);
	return fprintf(out, "%.*s=" REDACTED, (int)(rest - name), name);
}

/* What the kernel takes for white space, which is Latin-1's. */
static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == '\xa0';
}

/* With all that is quoted in any way; what the kernel takes for several words may be one secret. */
static size_t word_length(const char *text)
{
	bool quoted = false;
	const char *end;
	size_t n = 0;

	for (; text[n] && (quoted || !is_blank(text[n])); n++) {
		end = text[n] == '\'' && !quoted ? strchr(text + n + 1, '\'') : NULL;
		if (end)
			n = (size_t)(end - text);
		quoted ^= text[n] == '"';
		n += text[n] == '\\' && text[n + 1];
	}
	return n;
}

static const char *skip_blanks(const char *text)
{
	while (is_blank(*text))
		text++;
	return text;
}

int scrub_cmdline(struct vfs *names, const char *text, size_t size, FILE *out)
{
	const char *separator = "";
	int r = 0;

	(void)size;

	for (size_t n; r >= 0 && *(text = skip_blanks(text)); text += n) {
		n = word_length(text);
		/* the rest are words of init */
		if (n == 2 && memcmp(text, "--", 2) == 0)
			break;
		if (fputs(separator, out) < 0)
			return -ENOMEM;
		separator = " ";
		r = scrub_option(names, text, n, out);
	}
	return r < 0 || fputc('\n', out) < 0 ? -ENOMEM : 0;
}

/* --------------------------------------------------- configuration space */

static void hide(char *data, size_t size, size_t at, size_t length)
{
	if (at <= size)
		memset(data + at, 0, length < size - at ? length : size - at);
}

/* Each that the list leads to, though there should be one. */
static void hide_serials(char *config, size_t size)
{
	uint32_t header;
	size_t at = 0x100;

	for (size_t n = 0; n < 0xf00 / 4 && at >= 0x100; n++) {
		if (pci_config_read(config, size, at, 4, &header) < 0)
			return;
		if ((header & 0xffff) == PCI_EXT_SERIAL && header != UINT32_MAX)
			hide(config, size, at + 4, 8);
		at = header >> 20 & ~3u;
	}
}

int scrub_config(struct vfs *names, const char *data, size_t size, FILE *out)
{
	CLEANUP(free_text) char *config = malloc(size + 1);
	size_t at;

	(void)names;
	if (!config)
		return -ENOMEM;
	memcpy(config, data, size);
	hide_serials(config, size);
	/* what was last read of the vital product data */
	if (iommuctl_pci_config_find(config, size, PCI_CAP_VPD, &at) == 0)
		hide(config, size, at + 4, 4);
	return fwrite(config, 1, size, out) == size ? 0 : -ENOMEM;
}
