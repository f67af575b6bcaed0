/**
 * Text that the project makes itself: a general domain to pre-train a small model on, and private tasks that the model
 * has not seen (small-model "Text"). Everything is a function of a seed.
 */
package org.fedbiot.learning.data.generated;
