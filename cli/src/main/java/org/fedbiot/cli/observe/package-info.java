/** What a cluster's topics say, for people at a terminal: the observer's picture as lists, a status and a live view. */
package org.fedbiot.cli.observe;
