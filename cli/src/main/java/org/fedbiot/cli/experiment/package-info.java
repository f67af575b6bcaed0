/** Many runs as one question: a grid of cells, each an ordinary run, and what they say together. */
package org.fedbiot.cli.experiment;
