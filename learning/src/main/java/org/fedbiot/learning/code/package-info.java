/** Programs in records' text: which language they are in, and whether they can be read as such. Nothing is run. */
package org.fedbiot.learning.code;
