/** A tag as RDS and its neighbours write it. */
export interface Tag {
  Key: string;
  Value: string;
}
