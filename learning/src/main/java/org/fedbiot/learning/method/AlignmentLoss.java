package org.fedbiot.learning.method;

/**
 * Alignment losses, means over counted positions (fedbiot-method 1.4).
 *
 * @param l2 relative mean squared error of the stack's output
 * @param kl teacher to student, nats per position
 * @param loss {@code l2 + klWeight * kl}
 */
public record AlignmentLoss(double l2, double kl, double loss) {
}
