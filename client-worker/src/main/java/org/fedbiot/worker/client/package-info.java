/**
 * A client: holds private text and the compressed model, trains the adapter's factors and hands in differences
 * (design 3, step 4). Nothing but updates, counts and scalars leaves it, and no full model is ever opened here.
 */
package org.fedbiot.worker.client;
