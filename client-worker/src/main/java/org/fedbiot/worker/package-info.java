/**
 * What server and client workers share: the loop that holds a lease on a record for as long as its work takes, the
 * gate that keeps the machine's cores from being claimed twice, and the mapping from events to the method's options.
 */
package org.fedbiot.worker;
