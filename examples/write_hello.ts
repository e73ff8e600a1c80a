/**
 * Writes `examples/hello/hello`, the one file of an image that needs nothing
 * else: a static Linux executable for x86-64 without a C library, assembled by
 * hand. Everything in `examples/hello` goes into the image, so what there is to
 * say about it stands here.
 *
 * ```sh
 * deno run -A examples/write_hello.ts
 * deno run -A cli.ts build examples/hello --entrypoint /hello -o oci-archive:hello.tar
 * ```
 *
 * @module
 */

import { chmod, mkdir, writeFile } from "node:fs/promises";

/** What the program prints. */
export const greeting =
  "Hello! This image holds one small program and nothing else.\n";

const fileHeaderSize = 64;
const programHeaderSize = 56;
const codeOffset = fileHeaderSize + programHeaderSize;

/** Where Linux maps the first byte of the file; above `vm.mmap_min_addr`. */
const baseAddress = 0x400000;

/** The bytes of the executable: headers, code, text; the same each time. */
export function helloProgram(): Uint8Array {
  const text = new TextEncoder().encode(greeting);
  const code = assemble(text.length);
  const fileSize = codeOffset + code.length + text.length;
  return new Uint8Array([
    ...fileHeader(),
    ...programHeader(fileSize),
    ...code,
    ...text,
  ]);
}

/** `write(1, text, length)`, then `exit(0)`; the text follows the code. */
function assemble(length: number): number[] {
  const write = [
    ...[0xb8, ...u32(1)], //   mov eax, 1     system call 1: write
    ...[0xbf, ...u32(1)], //   mov edi, 1     to standard output
    ...[0xba, ...u32(length)], // mov edx, length
  ];
  const rest = [
    ...[0x0f, 0x05], //        syscall
    ...[0xb8, ...u32(60)], //  mov eax, 60    system call 60: exit
    ...[0x31, 0xff], //        xor edi, edi   with status 0
    ...[0x0f, 0x05], //        syscall
  ];
  return [
    ...write,
    ...[0x48, 0x8d, 0x35, ...u32(rest.length)], // lea rsi, [rip + rest]
    ...rest,
  ];
}

/** https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html */
function fileHeader(): number[] {
  return [
    ...[0x7f, 0x45, 0x4c, 0x46], // e_ident: magic, "\x7fELF"
    2, //                           64-bit
    1, //                           little endian
    1, //                           version of the format
    ...[0, 0, 0, 0, 0, 0, 0, 0, 0], // System V ABI, padding
    ...u16(2), //                   e_type: executable
    ...u16(62), //                  e_machine: x86-64
    ...u32(1), //                   e_version
    ...u64(baseAddress + codeOffset), // e_entry
    ...u64(fileHeaderSize), //      e_phoff
    ...u64(0), //                   e_shoff: no sections
    ...u32(0), //                   e_flags
    ...u16(fileHeaderSize), //      e_ehsize
    ...u16(programHeaderSize), //   e_phentsize
    ...u16(1), //                   e_phnum
    ...u16(0), //                   e_shentsize
    ...u16(0), //                   e_shnum
    ...u16(0), //                   e_shstrndx
  ];
}

/** https://refspecs.linuxfoundation.org/elf/gabi4+/ch5.pheader.html */
function programHeader(fileSize: number): number[] {
  return [
    ...u32(1), //           p_type: load
    ...u32(5), //           p_flags: read and execute
    ...u64(0), //           p_offset
    ...u64(baseAddress), // p_vaddr
    ...u64(baseAddress), // p_paddr
    ...u64(fileSize), //    p_filesz
    ...u64(fileSize), //    p_memsz
    ...u64(0x1000), //      p_align
  ];
}

const u16 = (value: number) => littleEndian(value, 2);
const u32 = (value: number) => littleEndian(value, 4);
const u64 = (value: number) => littleEndian(value, 8);

function littleEndian(value: number, size: number): number[] {
  return Array.from(
    { length: size },
    (_, index) => Math.floor(value / 2 ** (8 * index)) % 256,
  );
}

if (import.meta.main) {
  const directory = new URL("hello/", import.meta.url);
  const file = new URL("hello", directory);
  await mkdir(directory, { recursive: true });
  await writeFile(file, helloProgram());
  await chmod(file, 0o755);
}
