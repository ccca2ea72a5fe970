import type { Actor } from '#kernel/actor.ts';
import { because, type Because } from '#kernel/errors.ts';
import { type OperationShape, ROLES, type Role } from '#kernel/operation.ts';

type AccessCode = 'public' | 'role_suffices' | 'not_signed_in' | 'role_too_low' | 'key_not_scoped' | 'actor_not_for_api';

export interface Access {
  allowed: boolean;
  because: Because<AccessCode>;
}

/** Whether an actor may call an operation. Roles rise viewer, responder, editor, admin; a key may be narrowed to operations. */
export function decideAccess(actor: Actor, operation: Pick<OperationShape, 'id' | 'scope'>): Access {
  const facts = { operation: operation.id, needs: operation.scope };
  if (operation.scope === 'public') return { allowed: true, because: because('public', 'Anybody may call this.', facts) };
  switch (actor.kind) {
    case 'anonymous':
      return { allowed: false, because: because('not_signed_in', `${operation.id} needs a session or an API key.`, facts) };
    case 'integration':
    case 'link':
    case 'system':
      return { allowed: false, because: because('actor_not_for_api', `${operation.id} is not for ${actor.kind} actors.`, facts) };
    case 'key':
      if (actor.operations.length > 0 && !actor.operations.includes(operation.id))
        return {
          allowed: false,
          because: because('key_not_scoped', `The key ${actor.name} is not scoped to ${operation.id}.`, { ...facts, key: actor.name }),
        };
      return byRole(actor.role, operation.scope, facts);
    case 'person':
      return byRole(actor.role, operation.scope, facts);
  }
}

function byRole(role: Role, needs: Role, facts: { operation: string; needs: string }): Access {
  if (ROLES.indexOf(role) >= ROLES.indexOf(needs))
    return { allowed: true, because: because('role_suffices', `Role ${role} suffices.`, { ...facts, role }) };
  return {
    allowed: false,
    because: because('role_too_low', `${facts.operation} needs the role ${needs}; you have ${role}.`, { ...facts, role }),
  };
}
