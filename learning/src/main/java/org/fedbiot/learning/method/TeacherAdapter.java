package org.fedbiot.learning.method;

/** The adapter in the full model during alignment (fedbiot-method 1.2, 6.2). */
public enum TeacherAdapter {
    /** The current adapter's LoRA: teacher and student differ in the stack alone. */
    CURRENT,
    /** No LoRA at all. */
    ORIGINAL
}
