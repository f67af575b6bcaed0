/**
 * The server's side of the work, beside the full model: compress, align, evaluate, export (design 3, steps 2, 7, 8).
 * Nothing here is state: a worker that starts anew rebuilds all from the model's files and the topics.
 */
package org.fedbiot.worker.server;
