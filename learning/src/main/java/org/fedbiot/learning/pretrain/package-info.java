/**
 * Makes the small model that the demonstration runs on, from nothing and on generated text (small-model).
 */
package org.fedbiot.learning.pretrain;
