package org.fedbiot.learning.model;

import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;

/** Provokes what a long training run meets by itself: direct buffers freed between forward and backward, and reused. */
final class SmallHeap {
    private SmallHeap() {}

    static void collect() {
        WeakReference<Object> sentinel = new WeakReference<>(new Object());
        while (sentinel.get() != null) {
            System.gc();
        }
        // Freed native memory keeps its old values until somebody writes to it; small blocks, as scalars and masks are.
        for (int i = 0; i < 2000; i++) {
            ByteBuffer garbage = ByteBuffer.allocateDirect(4 << (i % 8));
            while (garbage.hasRemaining()) {
                garbage.put((byte) 0x7f);
            }
        }
    }
}
