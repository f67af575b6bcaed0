/**
 * A run done again from its log: every adapter version folded anew from version 0 and the rounds' closes by the
 * aggregator's own kernel, and what other rules or other clients would have given. Training is not done again.
 */
package org.fedbiot.cli.replay;
