/** What an experiment's cells say together: numbers, paired differences, intervals and figures, from their logs alone. */
package org.fedbiot.cli.experiment.report;
