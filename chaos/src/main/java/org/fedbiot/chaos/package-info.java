/** Kills processes of a run, one and several at a time, and checks that the run ends as it would have without. */
package org.fedbiot.chaos;
