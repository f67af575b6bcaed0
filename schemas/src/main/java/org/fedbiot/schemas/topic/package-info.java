/** The topic catalogue, from which creation, access rules, subjects and documentation are derived. */
package org.fedbiot.schemas.topic;
