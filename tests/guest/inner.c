/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest of a guest, which needs no operating system: has each of QEMU's edu devices on its first
 * bus copy memory by DMA, prints what came of it on the serial port and ends QEMU with status 3 if
 * all of them did, else with 5.
 */
#include <stdint.h>

enum {
	SERIAL = 0x3f8,
	DEBUG_EXIT = 0xf4,
	EDU = 0x11e81234,
	EDU_SOURCE = 0x80,
	EDU_DESTINATION = 0x88,
	EDU_COUNT = 0x90,
	EDU_COMMAND = 0x98,
	EDU_BUFFER = 0x40000,
	PATTERN = 0x11223344,
};

/* The header by which QEMU takes this for a kernel of multiboot. */
__asm__(".text\n"
	".balign 4\n"
	".long 0x1badb002, 0, -0x1badb002\n"
	".globl _start\n"
	"_start: mov $stack + 4096, %esp\n"
	"call run\n"
	".lcomm stack, 4096\n");

static inline void out8(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline void out32(uint16_t port, uint32_t value)
{
	__asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}

static inline uint32_t in32(uint16_t port)
{
	uint32_t value;

	__asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static void print(const char *text)
{
	while (*text)
		out8(SERIAL, (uint8_t)*text++);
}

static void print_hex(uint32_t value)
{
	for (int shift = 28; shift >= 0; shift -= 4)
		out8(SERIAL, (uint8_t) "0123456789abcdef"[value >> shift & 15]);
}

static void select_config(unsigned int slot, unsigned int offset)
{
	out32(0xcf8, 0x80000000 | slot << 11 | offset);
}

static uint32_t read_config(unsigned int slot, unsigned int offset)
{
	select_config(slot, offset);
	return in32(0xcfc);
}

static void transfer(volatile uint32_t *bar, uint32_t from, uint32_t to, uint32_t command)
{
	bar[EDU_SOURCE / 4] = from;
	bar[EDU_DESTINATION / 4] = to;
	bar[EDU_COUNT / 4] = sizeof(uint32_t);
	bar[EDU_COMMAND / 4] = command;
	while (bar[EDU_COMMAND / 4] & 1)
		;
}

static int copy(unsigned int slot)
{
	volatile uint32_t *bar = (uint32_t *)(read_config(slot, 0x10) & ~15U);
	static volatile uint32_t from, to;

	select_config(slot, 4);
	out32(0xcfc, 6); /* memory, bus master */
	from = PATTERN + slot;
	to = 0;
	transfer(bar, (uint32_t)&from, EDU_BUFFER, 1);
	transfer(bar, EDU_BUFFER, (uint32_t)&to, 3);
	print("slot ");
	print_hex(slot);
	print(": edu ");
	print_hex(bar[0]);
	print(to == from ? ": the DMA arrived\n" : ": the DMA did not arrive\n");
	return to == from;
}

__attribute__((noreturn, used)) static void run(void)
{
	int found = 0, good = 0;

	for (unsigned int slot = 0; slot < 32; slot++) {
		if (read_config(slot, 0) != EDU)
			continue;
		found++;
		good += copy(slot);
	}
	out8(DEBUG_EXIT, found > 0 && good == found ? 1 : 2);
	for (;;)
		;
}
