/** The report of a run: a page with figures and the numbers behind them, from the log alone, always the same bytes. */
package org.fedbiot.cli.runreport;
