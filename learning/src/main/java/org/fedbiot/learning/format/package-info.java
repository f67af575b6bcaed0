/**
 * Model files: Hugging Face directories, safetensors, GGUF, PEFT adapters. Every size read from a file is checked
 * against the file before anything is allocated, and nothing half-written is left under its final name.
 */
package org.fedbiot.learning.format;
