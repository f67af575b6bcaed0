/**
 * How the values of an update become bytes and bytes values again: what client, aggregator and replay must compute
 * alike, bit for bit.
 */
package org.fedbiot.schemas.payload;
