/**
 * What a client's credentials can read of a base model, over all runs: read with those credentials, counted from the
 * payloads themselves, and held against the model where its owner has it.
 */
package org.fedbiot.cli.exposure;
