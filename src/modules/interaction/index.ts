/** The interaction module: contacts with customers in every channel, and how customers want to be contacted. */
import { defineModule } from '../../tmf/module.ts'
import { contactPreference } from './contact-preference.ts'
import { partyInteraction } from './party-interaction.ts'
import { interactionRoutes } from './routes.ts'
import { interactionHoldings, interactionSection, preferenceSection } from './view.ts'

export { channelFor, type ChannelChoice, type Consented } from './channel-for.ts'
export { contactPreference, type ContactPreference } from './contact-preference.ts'
export { partyInteraction } from './party-interaction.ts'
export { channelOf, recordInteraction, type Contact } from './record-interaction.ts'

export const interactionModule = defineModule({
  name: 'interaction',
  dependsOn: ['customer', 'identity'],
  resources: [partyInteraction, contactPreference],
  contributions: { view: [interactionSection, preferenceSection], personal: interactionHoldings },
  routes: interactionRoutes,
})
