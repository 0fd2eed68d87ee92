/** undici asks whether values are one; scripts have no threads and so no ports. */
export class MessagePort {}
