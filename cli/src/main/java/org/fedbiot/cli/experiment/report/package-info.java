/** What an experiment's cells say together, from their logs alone: numbers, paired differences, intervals, figures. */
package org.fedbiot.cli.experiment.report;
