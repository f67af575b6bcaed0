/** Figures as SVG, drawn by a library that needs no display and no network. */
package org.fedbiot.cli.figure;
