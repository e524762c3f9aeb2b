/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/virtio_ids.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "devices/virtio_blk.h"

#define CLASS_STORAGE	0x018000
#define SECTOR		512
#define HEADER		sizeof(struct virtio_blk_outhdr)
/* header and status have descriptors of their own */
#define SEGMENTS	(VIRTIO_QUEUE_MAX - 2)

#define FEATURE(name)	(1ULL << (name))

static bool is_read_only(const struct virtio_blk *disk)
{
	return disk->device.offered & FEATURE(VIRTIO_BLK_F_RO);
}

/* @count bytes at @sector are on the disk, and whole sectors. */
static bool on_disk(const struct virtio_blk *disk, u64 sector, u64 count)
{
	return !(count % SECTOR) && sector <= disk->sectors &&
	       count / SECTOR <= disk->sectors - sector;
}

/* After @done bytes of it. */
static int advance(struct iovec **vector, int count, size_t done)
{
	for (; count && done >= (*vector)->iov_len; count--, (*vector)++)
		done -= (*vector)->iov_len;
	if (count) {
		(*vector)->iov_base = (u8 *)(*vector)->iov_base + done;
		(*vector)->iov_len -= done;
	}
	return count;
}

static u8 transfer(const struct virtio_blk *disk, u64 sector, struct iovec *vector, int count,
		   bool is_write)
{
	off_t offset = (off_t)(sector * SECTOR);
	ssize_t done;

	while (count) {
		done = is_write ? pwritev(disk->fd, vector, count, offset) :
				  preadv(disk->fd, vector, count, offset);
		if (done < 0 && errno == EINTR)
			continue;
		/* also the end of a file that has become shorter, and a full disk */
		if (done <= 0)
			return VIRTIO_BLK_S_IOERR;
		offset += done;
		count = advance(&vector, count, (size_t)done);
	}
	return VIRTIO_BLK_S_OK;
}

static u8 read_sectors(const struct virtio_blk *disk, u64 sector, u32 *written)
{
	const struct virtio_chain *chain = &disk->chain;
	struct iovec vector[VIRTIO_QUEUE_MAX];
	u64 size = chain->writable_size - 1;
	int count;
	u8 status;

	if (!on_disk(disk, sector, size))
		return VIRTIO_BLK_S_IOERR;
	count = virtio_pieces(virtio_room(chain, 0, size), vector);
	status = transfer(disk, sector, vector, count, false);
	if (!status)
		*written = (u32)size;
	return status;
}

static u8 write_sectors(const struct virtio_blk *disk, u64 sector)
{
	const struct virtio_chain *chain = &disk->chain;
	struct iovec vector[VIRTIO_QUEUE_MAX];
	u64 size = chain->readable_size - HEADER;
	int count;

	if (is_read_only(disk) || !on_disk(disk, sector, size))
		return VIRTIO_BLK_S_IOERR;
	count = virtio_pieces(virtio_readable(chain, HEADER, size), vector);
	return transfer(disk, sector, vector, count, true);
}

static u8 flush(const struct virtio_blk *disk)
{
	return fdatasync(disk->fd) ? VIRTIO_BLK_S_IOERR : VIRTIO_BLK_S_OK;
}

static u8 discard(const struct virtio_blk *disk)
{
	struct virtio_blk_discard_write_zeroes range;
	u64 size;

	if (is_read_only(disk))
		return VIRTIO_BLK_S_IOERR;
	if (disk->chain.readable_size != HEADER + sizeof(range))
		return VIRTIO_BLK_S_UNSUPP;
	virtio_copy_from(&disk->chain, HEADER, &range, sizeof(range));
	size = (u64)range.num_sectors * SECTOR;
	if (range.flags)
		return VIRTIO_BLK_S_UNSUPP;
	if (!on_disk(disk, range.sector, size))
		return VIRTIO_BLK_S_IOERR;
	/* it is a hint: a file system without holes keeps what is there */
	if (size && fallocate(disk->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			      (off_t)(range.sector * SECTOR), (off_t)size) && errno != EOPNOTSUPP)
		return VIRTIO_BLK_S_IOERR;
	return VIRTIO_BLK_S_OK;
}

static u8 identify(const struct virtio_blk *disk, u32 *written)
{
	static const char id[VIRTIO_BLK_ID_BYTES] = "cellblock";

	if (disk->chain.writable_size != sizeof(id) + 1)
		return VIRTIO_BLK_S_IOERR;
	*written = (u32)virtio_copy_to(&disk->chain, 0, id, sizeof(id));
	return VIRTIO_BLK_S_OK;
}

static u8 serve(const struct virtio_blk *disk, u32 *written)
{
	struct virtio_blk_outhdr header;

	virtio_copy_from(&disk->chain, 0, &header, sizeof(header));
	switch (header.type) {
	case VIRTIO_BLK_T_IN:		return read_sectors(disk, header.sector, written);
	case VIRTIO_BLK_T_OUT:		return write_sectors(disk, header.sector);
	case VIRTIO_BLK_T_FLUSH:	return flush(disk);
	case VIRTIO_BLK_T_DISCARD:	return discard(disk);
	case VIRTIO_BLK_T_GET_ID:	return identify(disk, written);
	default:			return VIRTIO_BLK_S_UNSUPP;
	}
}

static void notify(struct virtio_device *device, unsigned int queue)
{
	struct virtio_blk *disk = (struct virtio_blk *)device;
	struct virtio_chain *chain = &disk->chain;
	u32 written;
	u8 status;

	while (virtio_pop(device, queue, chain)) {
		if (chain->readable_size < HEADER || !chain->writable_size) {
			virtio_broken(device);
			return;
		}
		written = 0;
		status = serve(disk, &written);
		virtio_copy_to(chain, chain->writable_size - 1, &status, 1);
		/* bytes from the beginning on count: with a hole before it, the status not */
		if (written == chain->writable_size - 1)
			written++;
		virtio_push(device, queue, chain->head, written);
	}
}

/* Its size in bytes, -1: it has none. */
static off_t size_of(int fd)
{
	struct stat file;

	if (fstat(fd, &file) || (!S_ISREG(file.st_mode) && !S_ISBLK(file.st_mode)))
		return -1;
	return lseek(fd, 0, SEEK_END);
}

int virtio_blk_open(struct virtio_blk *disk, struct pci_bus *bus, const char *path, bool read_only)
{
	off_t size;

	disk->fd = open(path, (read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC);
	if (disk->fd < 0) {
		warn("cannot open the disk %s%s", path, read_only ? "" : " for writing too");
		return -1;
	}
	size = size_of(disk->fd);
	if (size < SECTOR) {
		warnx("%s is no disk: no file or block device of at least %d bytes", path, SECTOR);
		close(disk->fd);
		return -1;
	}
	if (size % SECTOR)
		warnx("the last %d bytes of %s are no whole sector, and not on the disk",
		      (int)(size % SECTOR), path);
	disk->sectors = (u64)size / SECTOR;
	disk->config = (struct virtio_blk_config){
		.capacity = disk->sectors, .seg_max = SEGMENTS, .blk_size = SECTOR,
		.max_discard_sectors = 0xffffffff / SECTOR, .max_discard_seg = 1,
		.discard_sector_alignment = 4096 / SECTOR,
	};
	disk->device.offered = FEATURE(VIRTIO_BLK_F_SEG_MAX) | FEATURE(VIRTIO_BLK_F_BLK_SIZE) |
		FEATURE(VIRTIO_BLK_F_FLUSH) |
		FEATURE(read_only ? VIRTIO_BLK_F_RO : VIRTIO_BLK_F_DISCARD);
	disk->device.queues = 1;
	disk->device.config = &disk->config;
	disk->device.config_size = sizeof(disk->config);
	disk->device.notify = notify;
	if (!virtio_add(&disk->device, bus, VIRTIO_ID_BLOCK, CLASS_STORAGE))
		return 0;
	warnx("there is no slot for the disk %s", path);
	close(disk->fd);
	return -1;
}
