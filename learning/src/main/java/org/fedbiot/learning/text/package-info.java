/** From text to token ids and back, with the model's own tokenizer. */
package org.fedbiot.learning.text;
