// SPDX-License-Identifier: GPL-2.0
/*
 * vi2c: an I2C adapter of the kernel whose transfers a program in user space answers.
 *
 * Opening /dev/vi2c makes the adapter (number `nr`), closing takes it away. All numbers are little
 * endian. read() gives one transfer, as soon as somebody wants one:
 *   u32 bytes that follow, u32 sequence, u16 messages,
 *   for each: u16 address, u16 flags, u16 length, and its bytes if it is written
 * write() takes the answer to it:
 *   u32 bytes that follow, u32 sequence, s32 result (messages done, or -errno), bytes of all reads
 * An answer that comes after the adapter's time-out is refused with ESTALE.
 */
#include <linux/fs.h>
#include <linux/i2c.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#define LARGEST 65536

static int nr = 1;
module_param(nr, int, 0444);
MODULE_PARM_DESC(nr, "number of the adapter: /dev/i2c-nr");

enum state { IDLE, ASKED, SENT, ANSWERED };

struct vi2c {
	struct i2c_adapter adapter;
	struct mutex lock;
	wait_queue_head_t asked, answered;
	struct i2c_msg *msgs;
	int num, result;
	u32 sequence;
	enum state state;
	bool gone;
};

static int vi2c_transfer(struct i2c_adapter *adapter, struct i2c_msg *msgs, int num)
{
	struct vi2c *v = adapter->algo_data;
	int result;

	mutex_lock(&v->lock);
	if (v->gone) {
		mutex_unlock(&v->lock);
		return -ENXIO;
	}
	v->msgs = msgs;
	v->num = num;
	v->sequence++;
	v->state = ASKED;
	mutex_unlock(&v->lock);
	wake_up_interruptible(&v->asked);
	wait_event_timeout(v->answered, v->state == ANSWERED || v->gone, adapter->timeout);
	mutex_lock(&v->lock);
	if (v->state == ANSWERED)
		result = v->result;
	else
		result = v->gone ? -ENXIO : -ETIMEDOUT;
	v->state = IDLE;
	v->msgs = NULL;
	mutex_unlock(&v->lock);
	return result;
}

static u32 vi2c_functionality(struct i2c_adapter *adapter)
{
	return I2C_FUNC_I2C | I2C_FUNC_SMBUS_EMUL;
}

static const struct i2c_algorithm vi2c_algorithm = {
	.master_xfer = vi2c_transfer,
	.functionality = vi2c_functionality,
};

static int vi2c_open(struct inode *inode, struct file *file)
{
	struct vi2c *v = kzalloc(sizeof(*v), GFP_KERNEL);
	int error;

	if (!v)
		return -ENOMEM;
	mutex_init(&v->lock);
	init_waitqueue_head(&v->asked);
	init_waitqueue_head(&v->answered);
	v->adapter.owner = THIS_MODULE;
	v->adapter.algo = &vi2c_algorithm;
	v->adapter.algo_data = v;
	v->adapter.timeout = HZ;
	v->adapter.nr = nr;
	strscpy(v->adapter.name, "answered by user space", sizeof(v->adapter.name));
	file->private_data = v;
	error = i2c_add_numbered_adapter(&v->adapter);
	if (error)
		kfree(v);
	return error;
}

static int vi2c_release(struct inode *inode, struct file *file)
{
	struct vi2c *v = file->private_data;

	mutex_lock(&v->lock);
	v->gone = true;
	mutex_unlock(&v->lock);
	wake_up_all(&v->answered);
	i2c_del_adapter(&v->adapter);
	kfree(v);
	return 0;
}

static ssize_t vi2c_pack(struct vi2c *v, u8 *out, size_t room)
{
	u8 *p = out + 10;
	u16 count = v->num;
	u32 follow;
	int i;

	for (i = 0; i < v->num; i++) {
		struct i2c_msg *m = &v->msgs[i];
		u16 head[3] = { m->addr, m->flags, m->len };
		bool is_read = m->flags & I2C_M_RD;

		if (p - out + sizeof(head) + (is_read ? 0 : m->len) > room)
			return -EMSGSIZE;
		memcpy(p, head, sizeof(head));
		p += sizeof(head);
		if (!is_read) {
			memcpy(p, m->buf, m->len);
			p += m->len;
		}
	}
	follow = p - out - 4;
	memcpy(out, &follow, 4);
	memcpy(out + 4, &v->sequence, 4);
	memcpy(out + 8, &count, 2);
	return p - out;
}

static ssize_t vi2c_read(struct file *file, char __user *to, size_t room, loff_t *offset)
{
	struct vi2c *v = file->private_data;
	ssize_t done = -EAGAIN;
	u8 *packed;

	if (room < 10)
		return -EINVAL;
	if (!(file->f_flags & O_NONBLOCK) &&
	    wait_event_interruptible(v->asked, v->state == ASKED))
		return -ERESTARTSYS;
	room = min_t(size_t, room, LARGEST);
	packed = kmalloc(room, GFP_KERNEL);
	if (!packed)
		return -ENOMEM;
	mutex_lock(&v->lock);
	if (v->state == ASKED)
		done = vi2c_pack(v, packed, room);
	if (done > 0 && copy_to_user(to, packed, done))
		done = -EFAULT;
	if (done > 0)
		v->state = SENT;
	mutex_unlock(&v->lock);
	kfree(packed);
	return done;
}

static int vi2c_unpack(struct vi2c *v, const u8 *answer, size_t size)
{
	size_t at = 12;
	u32 follow, sequence;
	s32 result;
	int i;

	memcpy(&follow, answer, 4);
	memcpy(&sequence, answer + 4, 4);
	memcpy(&result, answer + 8, 4);
	if (follow != size - 4)
		return -EINVAL;
	if (v->state != SENT || sequence != v->sequence)
		return -ESTALE;
	for (i = 0; result >= 0 && i < v->num; i++) {
		struct i2c_msg *m = &v->msgs[i];

		if (!(m->flags & I2C_M_RD))
			continue;
		if (at + m->len > size)
			return -EINVAL;
		memcpy(m->buf, answer + at, m->len);
		at += m->len;
	}
	v->result = result;
	v->state = ANSWERED;
	return 0;
}

static ssize_t vi2c_write(struct file *file, const char __user *from, size_t size, loff_t *offset)
{
	struct vi2c *v = file->private_data;
	u8 *answer;
	int error;

	if (size < 12 || size > LARGEST)
		return -EINVAL;
	answer = memdup_user(from, size);
	if (IS_ERR(answer))
		return PTR_ERR(answer);
	mutex_lock(&v->lock);
	error = vi2c_unpack(v, answer, size);
	mutex_unlock(&v->lock);
	kfree(answer);
	if (error)
		return error;
	wake_up(&v->answered);
	return size;
}

static __poll_t vi2c_poll(struct file *file, poll_table *wait)
{
	struct vi2c *v = file->private_data;

	poll_wait(file, &v->asked, wait);
	return v->state == ASKED ? EPOLLIN | EPOLLRDNORM : 0;
}

static const struct file_operations vi2c_operations = {
	.owner = THIS_MODULE,
	.open = vi2c_open,
	.release = vi2c_release,
	.read = vi2c_read,
	.write = vi2c_write,
	.poll = vi2c_poll,
};

static struct miscdevice vi2c_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "vi2c",
	.fops = &vi2c_operations,
};

module_misc_device(vi2c_device);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("I2C adapter answered by user space");
