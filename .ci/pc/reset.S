# What the emulated CPU runs first, in place of a BIOS: into 32-bit mode and to the kernel's PVH entry point, with EBX
# pointing at the start information (Documentation/arch/x86/boot.rst and xen/include/public/arch-x86/hvm/start_info.h).
    .code16
start:
    cli
    lgdtl %cs:(gdt_register - start)
    movl %cr0, %eax
    orb $1, %al
    movl %eax, %cr0
    ljmpl $8, $ROM + (protected - start)

    .code32
protected:
    movl $16, %eax
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %ss
# Bochs reads a memory image in one go, but gives places to blocks of memory as they are first touched: touch the
# image's blocks in order, so that each has its part of the image.
    movl $IMAGE, %edi
touch:
    movb (%edi), %al
    addl $BLOCK, %edi
    cmpl $IMAGE_END, %edi
    jb touch
    movl $IMAGE, %ebx # the image begins with the start information
    movl $ENTRY, %eax
    jmp *%eax

    .balign 8
gdt:
    .quad 0
    .quad 0x00cf9b000000ffff # code: all of 4 GB
    .quad 0x00cf93000000ffff # data: the same
gdt_register:
    .word gdt_register - gdt - 1
    .long ROM + (gdt - start)

    .org 0xfff0 # where a CPU starts
    .code16
    jmp start
    .org 0x10000
