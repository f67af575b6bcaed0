/**
 * Versions of base, emulator and adapter as topics carry them: manifests that are followed, payloads that are fetched
 * by hash, payloads that are published under their hash.
 */
package org.fedbiot.worker.version;
