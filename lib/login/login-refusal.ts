/** Why there is no caller. One code for all that is wrong but a missing or an old login: the answer is no oracle. */
export interface LoginRefusal {
  readonly code: 'login_required' | 'login_expired' | 'login_invalid'
}
