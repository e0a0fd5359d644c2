package io.anyserve.ingress.chat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Frames on their way to the thread that writes a socket. What is taken counts until it is written:
 * answers wait in the log, and frames of the client unread, while there is no room. Thread-safe.
 */
final class SocketOutbox {

  /** Characters above which nothing is added; each producer may exceed it by one frame. */
  private static final long MOST = 32 << 10;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<String> frames = new ArrayDeque<>();
  private long size;
  private boolean refused;
  private boolean closed;

  void put(String frame) {
    lock.lock();
    try {
      if (!closed) {
        frames.add(frame);
        size += frame.length();
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Whoever hears no is due when {@link #written} says so. */
  boolean hasRoom() {
    lock.lock();
    try {
      refused |= size >= MOST;
      return size < MOST;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until there is room, or the socket is closed. */
  void awaitRoom() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (size >= MOST && !closed) {
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  /** All that is there, in order; empty when nothing comes in that time or the socket is closed. */
  List<String> take(Duration patience) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = patience.toNanos();
      while (frames.isEmpty() && !closed && left > 0) {
        left = changed.awaitNanos(left);
      }
      List<String> taken = new ArrayList<>(frames);
      frames.clear();
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /** True where somebody was told meanwhile that there is no room. */
  boolean written(List<String> taken) {
    lock.lock();
    try {
      taken.forEach(frame -> size -= frame.length());
      changed.signalAll();
      boolean due = refused;
      refused = false;
      return due;
    } finally {
      lock.unlock();
    }
  }

  boolean isOpen() {
    lock.lock();
    try {
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  /** Nobody takes what is put now. */
  void close() {
    lock.lock();
    try {
      closed = true;
      frames.clear();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
