/**
 * Hashes, signatures and how a vector is cut: everything that both ends of a topic must compute alike, bit for bit.
 */
package org.fedbiot.schemas.integrity;
