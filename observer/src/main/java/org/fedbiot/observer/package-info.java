/**
 * What a cluster's topics say, folded into one immutable {@link org.fedbiot.observer.Picture}: runs, rounds, clients,
 * workers, dead letters. Knows no clock: whoever shows a picture brings the time.
 */
package org.fedbiot.observer;
